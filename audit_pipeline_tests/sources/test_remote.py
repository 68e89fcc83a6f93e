"""Files in an object store: a real HTTP server that speaks S3, on loopback."""

import io
import socket
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import requests

from audit_pipeline.domain.window import Window
from audit_pipeline.profiles.engine import IbisBackend
from audit_pipeline.sources import remote
from audit_pipeline.sources.base import Read, SourceError, Wanted
from audit_pipeline.sources.files import file_state
from audit_pipeline.sources.kinds.csv import SOURCE as CSV
from audit_pipeline.sources.kinds.csv import CsvFiles
from audit_pipeline.sources.kinds.parquet import SOURCE, ParquetFiles
from audit_pipeline.sources.storage import Storage
from audit_pipeline_tests.sources.conftest import Bucket


def parquet(*ids: int) -> bytes:
    content = io.BytesIO()
    pq.write_table(pa.table({"id": list(ids)}), content)
    return content.getvalue()


def day(number: int) -> Window:
    zone = ZoneInfo("Europe/Berlin")
    return Window(
        key=f"2024-01-{number:02}",
        start=datetime(2024, 1, number, tzinfo=zone),
        end=datetime(2024, 1, number + 1, tzinfo=zone),
    )


@pytest.fixture
def days(bucket: Bucket) -> Bucket:
    """Two days of files, the first in two parts that were written in the wrong order."""
    bucket.put("day=2024-01-01/part-1.parquet", parquet(2))
    bucket.put("day=2024-01-01/part-0.parquet", parquet(1))
    bucket.put("day=2024-01-02/part-0.parquet", parquet(3))
    return bucket


def settings(bucket: Bucket, path: str = "day=%Y-%m-%d/*.parquet") -> ParquetFiles:
    return ParquetFiles(path=f"s3://{bucket.name}/{path}", storage=bucket.storage)


def ids(read: Read) -> list[int]:
    found: list[int] = read.table.to_pyarrow()["id"].to_pylist()
    return found


def test_only_the_windows_files_are_copied_and_read_in_the_order_of_their_names(
    days: Bucket, backend: IbisBackend, tmp_path: Path
) -> None:
    wanted = Wanted(folder=tmp_path / "copies", window=day(1))
    read = SOURCE.read(settings(days), backend, wanted)
    assert ids(read) == [1, 2]
    assert not read.whole
    assert [p.name for p in sorted(wanted.folder.rglob("*.parquet"))] == [
        "part-0.parquet",
        "part-1.parquet",
    ]


def test_all_files_are_read_where_no_window_is_wanted_and_their_folders_are_a_column(
    days: Bucket, backend: IbisBackend, tmp_path: Path
) -> None:
    read = SOURCE.read(settings(days), backend, Wanted(folder=tmp_path / "copies"))
    assert ids(read) == [1, 2, 3]
    assert "day" in read.table.columns
    assert read.whole


def test_two_tables_of_one_address_do_not_get_into_each_others_way(
    days: Bucket, backend: IbisBackend, tmp_path: Path
) -> None:
    wanted = Wanted(folder=tmp_path / "copies")
    reads = [SOURCE.read(settings(days), backend, wanted) for _ in range(2)]
    assert [ids(read) for read in reads] == [[1, 2, 3]] * 2


def test_the_mark_and_the_digest_change_when_a_file_does(days: Bucket) -> None:
    wanted = Wanted(folder=Path("no copies"), window=day(1))
    before = file_state(settings(days), wanted), SOURCE.digest(settings(days))
    assert file_state(settings(days), wanted) == before[0]
    days.put("day=2024-01-01/part-0.parquet", parquet(9))
    after = file_state(settings(days), wanted), SOURCE.digest(settings(days))
    assert before[0].landed
    assert before[0].size == after[0].size
    assert before[0].mark != after[0].mark
    assert before[1] != after[1]


def test_a_window_without_files_has_not_landed(
    days: Bucket, backend: IbisBackend, tmp_path: Path
) -> None:
    wanted = Wanted(folder=tmp_path / "copies", window=day(3))
    assert not file_state(settings(days), wanted).landed
    with pytest.raises(SourceError, match=r"there is no file at s3://.*for the window 2024-01-03"):
        SOURCE.read(settings(days), backend, wanted)


def test_a_marker_file_says_that_a_window_is_complete(days: Bucket) -> None:
    marked = settings(days).model_copy(update={"marker": "_SUCCESS"})
    wanted = Wanted(folder=Path("no copies"), window=day(1))
    assert file_state(marked, wanted).complete is False
    days.put("day=2024-01-01/_SUCCESS", b"")
    assert file_state(marked, wanted).complete is True


def test_a_look_copies_no_more_than_it_needs(
    days: Bucket, backend: IbisBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "LOOK_BYTES", 1)
    wanted = Wanted(folder=tmp_path / "copies", limit=10)
    assert ids(SOURCE.read(settings(days), backend, wanted)) == [1]


def test_a_csv_in_a_store_is_read_as_one_on_disk(
    bucket: Bucket, backend: IbisBackend, tmp_path: Path
) -> None:
    bucket.put("rows.csv", "id;x\n1;é\n".encode("latin-1"))
    asked = CsvFiles(
        path=f"s3://{bucket.name}/rows.csv", storage=bucket.storage, encoding="latin-1"
    )
    read = CSV.read(asked, backend, Wanted(folder=tmp_path / "copies"))
    assert read.table.to_pyarrow().to_pylist() == [{"id": 1, "x": "é"}]
    assert read.location == f"s3://{bucket.name}/rows.csv (1 files)"


def test_an_empty_file_is_named(bucket: Bucket, backend: IbisBackend, tmp_path: Path) -> None:
    bucket.put("rows.parquet", b"")
    with pytest.raises(SourceError, match=r"rows\.parquet is empty \(0 bytes\)"):
        SOURCE.read(settings(bucket, "rows.parquet"), backend, Wanted(folder=tmp_path))


@pytest.mark.parametrize("path", ["rows.parquet", "*.parquet", "day=%Y/*.parquet"])
def test_a_bucket_that_does_not_exist_is_said_to(path: str, bucket: Bucket) -> None:
    wrong = ParquetFiles(path=f"s3://nobodys-bucket/{path}", storage=bucket.storage)
    with pytest.raises(SourceError, match="no such place: is the name of the bucket right"):
        file_state(wrong, Wanted(folder=Path("no copies")))


@pytest.fixture
def guarded(days: Bucket, s3_address: str) -> Iterator[Bucket]:
    """The store asks for permissions, which nobody has."""
    requests.post(f"{s3_address}/moto-api/reset-auth", data=b"0", timeout=10)
    yield days
    requests.post(f"{s3_address}/moto-api/reset-auth", data=b"inf", timeout=10)


def test_credentials_that_the_store_refuses_are_said_without_themselves(guarded: Bucket) -> None:
    with pytest.raises(SourceError, match="the store refused access: credentials come") as caught:
        file_state(settings(guarded), Wanted(folder=Path("no copies")))
    assert "never-told" not in str(caught.value)


def test_no_credentials_are_said_and_where_they_belong(
    days: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(SourceError, match=r"no credentials were found: .*AWS_ACCESS_KEY_ID"):
        file_state(settings(days), Wanted(folder=Path("no copies")))


def test_an_object_replaced_between_the_list_and_the_copy_is_said_to_have_changed(
    days: Bucket, backend: IbisBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = remote._copied

    def late(*args: Any) -> Path:  # noqa: ANN401 (as it is called)
        days.put("day=2024-01-01/part-0.parquet", parquet(7))
        return copy(*args)

    monkeypatch.setattr(remote, "_copied", late)
    with pytest.raises(SourceError, match="changed while it was read"):
        SOURCE.read(settings(days), backend, Wanted(folder=tmp_path / "copies"))


def test_a_store_that_is_down_is_an_error_that_names_no_secret(days: Bucket) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    down = Storage(endpoint_url=f"http://127.0.0.1:{port}", timeout_seconds=1)
    with pytest.raises(SourceError, match="cannot be reached: is `endpoint_url` right"):
        file_state(
            settings(days).model_copy(update={"storage": down}), Wanted(folder=Path("no copies"))
        )


def test_a_store_that_hangs_is_given_up(days: Bucket) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        hangs = Storage(endpoint_url=f"http://127.0.0.1:{port}", timeout_seconds=0.3)
        with pytest.raises(SourceError, match="the store stopped answering"):
            file_state(
                settings(days).model_copy(update={"storage": hangs}),
                Wanted(folder=Path("no copies")),
            )


class Dropping:
    """A proxy on loopback that drops the connection in the middle of the first large answer."""

    def __init__(self, upstream: str) -> None:
        host, port = upstream.removeprefix("http://").split(":")
        self.upstream = host, int(port)
        self.dropped = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.times = 1
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def carry(self, client: socket.socket) -> None:
        with client, socket.create_connection(self.upstream) as server:
            threading.Thread(target=pump, args=(client, server), daemon=True).start()
            sent = 0
            while data := server.recv(65536):
                sent += len(data)
                if sent > 300_000 and self.dropped < self.times:
                    self.dropped += 1
                    client.shutdown(socket.SHUT_RDWR)
                    return
                client.sendall(data)


def pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass


@pytest.mark.parametrize("times", [1, 1000])
def test_a_connection_that_drops_is_tried_once_more(
    times: int, bucket: Bucket, backend: IbisBackend, tmp_path: Path
) -> None:
    content = "id\n" + "".join(f"{n}\n" for n in range(100_000))
    bucket.put("rows.csv", content.encode())
    proxy = Dropping(str(bucket.storage.endpoint_url))
    proxy.times = times
    asked = CsvFiles(
        path=f"s3://{bucket.name}/rows.csv", storage=Storage(endpoint_url=proxy.address)
    )
    try:
        if times == 1:
            read = CSV.read(asked, backend, Wanted(folder=tmp_path / "copies"))
            assert read.table.count().execute() == 100_000
        else:
            with pytest.raises(SourceError, match="cannot be read: the store failed with"):
                CSV.read(asked, backend, Wanted(folder=tmp_path / "copies"))
    finally:
        proxy.listener.close()
    assert proxy.dropped >= 1


def test_a_missing_package_is_said_with_what_to_install(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    monkeypatch.delitem(
        sys.modules["fsspec.registry"]._registry, "s3", raising=False
    )  # what is loaded already
    with pytest.raises(SourceError, match=r'pip install "audit-pipeline\[s3\]"'):
        file_state(settings(bucket), Wanted(folder=Path("no copies")))


def test_a_protocol_nobody_knows_is_said_to_be_none() -> None:
    with pytest.raises(SourceError, match="fsspec knows no protocol s4://"):
        file_state(ParquetFiles(path="s4://bucket/x"), Wanted(folder=Path("no copies")))


def test_any_protocol_of_fsspec_goes_by_the_same_door(backend: IbisBackend, tmp_path: Path) -> None:
    (tmp_path / "rows.parquet").write_bytes(parquet(5))
    asked = ParquetFiles(path=f"file://{tmp_path}/*.parquet")
    assert ids(SOURCE.read(asked, backend, Wanted(folder=tmp_path / "copies"))) == [5]
    assert SOURCE.digest(asked) == SOURCE.digest(asked)

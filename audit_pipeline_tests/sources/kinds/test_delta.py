import base64
import json
import struct
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from audit_pipeline.profiles.engine import IbisBackend
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.sources.kinds.delta import SOURCE, Delta
from audit_pipeline_tests.sources.kinds import times


@pytest.fixture
def settings(tmp_path: Path) -> Delta:
    """A table of three rows, in two partitions, in its second version."""
    path = tmp_path / "table"
    for ids, region in (([1, 2], "north"), ([3], "south")):
        rows = {"id": ids, "region": [region] * len(ids)}
        write_deltalake(path, pa.table(rows), mode="append", partition_by=["region"])
    return Delta(path=str(path))


@pytest.fixture
def wanted(tmp_path: Path) -> Wanted:
    return Wanted(folder=tmp_path / "copies")


def test_the_newest_version_is_read_with_its_partitions(
    settings: Delta, wanted: Wanted, backend: IbisBackend
) -> None:
    read = SOURCE.read(settings, backend, wanted)
    found = sorted(read.table.to_pyarrow().to_pylist(), key=lambda row: row["id"])
    assert [(row["id"], row["region"]) for row in found] == [
        (1, "north"),
        (2, "north"),
        (3, "south"),
    ]
    assert read.location == f"{settings.path} (version 1)"
    assert read.whole


def test_only_the_columns_asked_for_are_copied(
    settings: Delta, tmp_path: Path, backend: IbisBackend
) -> None:
    wanted = Wanted(folder=tmp_path / "copies", columns=("id", "not there"))
    assert list(SOURCE.read(settings, backend, wanted).table.columns) == ["id"]


def test_rows_deleted_by_a_later_version_are_not_read(
    settings: Delta, wanted: Wanted, backend: IbisBackend
) -> None:
    DeltaTable(settings.path).delete("id = 2")
    assert SOURCE.read(settings, backend, wanted).table.count().execute() == 2


def test_mark_and_digest_are_those_of_the_version(settings: Delta, wanted: Wanted) -> None:
    before = SOURCE.state(settings, wanted)
    assert before.landed
    assert (before.mark, SOURCE.digest(settings)) == (
        SOURCE.state(settings, wanted).mark,
        before.mark,
    )
    write_deltalake(settings.path, pa.table({"id": [4], "region": ["west"]}), mode="append")
    assert SOURCE.state(settings, wanted).mark != before.mark
    assert SOURCE.digest(settings) != before.mark


def test_a_table_without_rows_has_not_landed(
    tmp_path: Path, wanted: Wanted, backend: IbisBackend
) -> None:
    path = tmp_path / "empty"
    DeltaTable.create(path, pa.schema([("id", pa.int64())]))
    settings = Delta(path=str(path))
    assert not SOURCE.state(settings, wanted).landed
    assert SOURCE.read(settings, backend, wanted).table.count().execute() == 0


@pytest.mark.parametrize("column", ["utc", "local", "day"])
def test_only_the_windows_rows_are_copied_and_those_without_a_time(
    column: str, tmp_path: Path, backend: IbisBackend
) -> None:
    write_deltalake(tmp_path / "table", times.ROWS)
    wanted = Wanted(folder=tmp_path / "copies", window=times.SECOND, timestamp=column)
    read = SOURCE.read(Delta(path=str(tmp_path / "table")), backend, wanted)
    assert read.table.to_pyarrow()["id"].to_pylist() == [2, 5]
    assert not read.whole


def deletion_vector(*rows: int) -> dict[str, object]:
    """Return the vector of a few deleted rows as it stands in a log: a bitmap in base 85."""
    bitmap = struct.pack("<IIHHI", 12346, 1, 0, len(rows) - 1, 16)
    bitmap += b"".join(struct.pack("<H", row) for row in rows)
    content = struct.pack("<IQI", 1681511377, 1, 0) + bitmap
    size = len(content)
    text = z85(content + b"\0" * (-size % 4))
    return {
        "storageType": "i",
        "pathOrInlineDv": text,
        "sizeInBytes": size,
        "cardinality": len(rows),
    }


def z85(content: bytes) -> str:
    ours = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
    z = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
    return base64.b85encode(content).translate(bytes.maketrans(ours, z)).decode()


def test_rows_deleted_by_a_deletion_vector_are_not_read(
    tmp_path: Path, wanted: Wanted, backend: IbisBackend
) -> None:
    path = tmp_path / "table"
    write_deltalake(
        path,
        pa.table({"id": [10, 11, 12]}),
        configuration={"delta.enableDeletionVectors": "true"},
    )
    first = (path / "_delta_log" / f"{0:020}.json").read_text().splitlines()
    add = next(json.loads(line)["add"] for line in first if '"add"' in line)
    removed = {"path": add["path"], "deletionTimestamp": 0, "dataChange": True}
    again = add | {"deletionVector": deletion_vector(1)}
    lines = [json.dumps({"remove": removed}), json.dumps({"add": again})]
    (path / "_delta_log" / f"{1:020}.json").write_text("\n".join(lines) + "\n")
    found = SOURCE.read(Delta(path=str(path)), backend, wanted).table.to_pyarrow()
    assert found["id"].to_pylist() == [10, 12]


def test_a_folder_that_is_no_table_is_said_to_be_none(
    tmp_path: Path, wanted: Wanted, backend: IbisBackend
) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(SourceError, match="name the folder that holds `_delta_log`"):
            SOURCE.read(Delta(path=str(path)), backend, wanted)


def test_a_file_of_the_table_that_is_gone_is_an_error(
    settings: Delta, wanted: Wanted, backend: IbisBackend
) -> None:
    next(Path(settings.path).rglob("*.parquet")).unlink()
    with pytest.raises(SourceError, match="are its files all there"):
        SOURCE.read(settings, backend, wanted)


def test_a_missing_package_is_said_with_what_to_install(
    settings: Delta, wanted: Wanted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "deltalake", None)
    with pytest.raises(SourceError, match=r'pip install "audit-pipeline\[delta\]"'):
        SOURCE.state(settings, wanted)

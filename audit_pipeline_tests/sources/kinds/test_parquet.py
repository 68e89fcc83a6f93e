from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_pipeline.profiles.engine import IbisBackend
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.sources.files import find_files
from audit_pipeline.sources.kinds.parquet import SOURCE, ParquetFiles

ALL = Wanted(folder=Path("not used by files"))


def written(path: Path, *ids: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"id": list(ids)}), path)
    return path


def test_a_file_is_read_as_a_table_with_its_types(tmp_path: Path, backend: IbisBackend) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"id": pa.array([1], pa.int8()), "x": [0.5], "t": ["é"]}), path)
    table = SOURCE.read(ParquetFiles(path=str(path)), backend, ALL).table
    assert {name: str(kind) for name, kind in table.schema().items()} == {
        "id": "int8",
        "x": "float64",
        "t": "string",
    }
    assert table.to_pyarrow().to_pylist() == [{"id": 1, "x": 0.5, "t": "é"}]


def test_a_pattern_stands_for_its_files_in_the_order_of_their_names(
    tmp_path: Path, backend: IbisBackend
) -> None:
    second = written(tmp_path / "day=2016-01-02" / "part-0.parquet", 3)
    first = [written(tmp_path / "day=2016-01-01" / f"part-{n}.parquet", n) for n in (1, 2)]
    written(tmp_path / "day=2016-01-01" / "other.parquet", 9)
    settings = ParquetFiles(path=f"{tmp_path}/day=*/part-*.parquet")
    assert find_files(settings.path) == [*first, second]
    assert SOURCE.read(settings, backend, ALL).table.to_pyarrow()["id"].to_pylist() == [1, 2, 3]


def test_a_name_with_brackets_is_a_name_before_it_is_a_pattern(
    tmp_path: Path, backend: IbisBackend
) -> None:
    path = written(tmp_path / "rows [1].parquet", 7)
    settings = ParquetFiles(path=str(path))
    assert find_files(settings.path) == [path]


def test_a_file_that_is_being_written_is_not_complete(tmp_path: Path) -> None:
    settings = ParquetFiles(path=f"{tmp_path}/part-*.parquet")
    written(tmp_path / "part-0.parquet", 1)
    assert SOURCE.state(settings, ALL).complete is None
    rows = pa.table({"id": list(range(50_000))})
    with pq.ParquetWriter(tmp_path / "part-1.parquet", rows.schema) as writer:
        assert SOURCE.state(settings, ALL).complete is False
        writer.write_table(rows)
        assert SOURCE.state(settings, ALL).complete is False
    assert SOURCE.state(settings, ALL).complete is None


@pytest.mark.parametrize(
    ("content", "complete"), [(b"", False), (b"PA", None), (b"a,b\n1,2", None)]
)
def test_only_the_end_of_a_parquet_file_is_waited_for(
    tmp_path: Path,
    content: bytes,
    complete: bool | None,  # noqa: FBT001 (pytest gives it by its name)
) -> None:
    path = tmp_path / "rows.parquet"
    path.write_bytes(content)
    assert SOURCE.state(ParquetFiles(path=str(path)), ALL).complete is complete


def test_a_folder_is_no_file(tmp_path: Path, backend: IbisBackend) -> None:
    (tmp_path / "folder.parquet").mkdir()
    with pytest.raises(SourceError, match="there is no file at"):
        SOURCE.read(ParquetFiles(path=f"{tmp_path}/*.parquet"), backend, ALL)


def test_a_missing_file_is_named(tmp_path: Path, backend: IbisBackend) -> None:
    path = tmp_path / "none.parquet"
    with pytest.raises(SourceError, match=f"there is no file at {path}"):
        SOURCE.read(ParquetFiles(path=str(path)), backend, ALL)
    with pytest.raises(SourceError, match="there is no file at"):
        find_files(str(path))


def test_one_file_of_no_bytes_among_several_is_named(tmp_path: Path, backend: IbisBackend) -> None:
    written(tmp_path / "1.parquet", 1)
    (tmp_path / "2.parquet").touch()
    with pytest.raises(SourceError, match=r"2\.parquet is empty \(0 bytes\)"):
        SOURCE.read(ParquetFiles(path=f"{tmp_path}/*.parquet"), backend, ALL)


@pytest.mark.parametrize("content", [b"id,name\n1,Jane Doe\n", b"PAR1 and then nothing"])
def test_a_file_that_is_no_parquet_is_said_to_be_none_without_its_content(
    content: bytes, tmp_path: Path, backend: IbisBackend
) -> None:
    path = tmp_path / "rows.parquet"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"rows\.parquet is no readable Parquet") as caught:
        SOURCE.read(ParquetFiles(path=str(path)), backend, ALL)
    assert "Jane" not in str(caught.value)


def test_a_file_cut_off_in_the_middle_is_said_to_be_unreadable(
    tmp_path: Path, backend: IbisBackend
) -> None:
    path = written(tmp_path / "rows.parquet", *range(1000))
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(SourceError, match="is no readable Parquet"):
        SOURCE.read(ParquetFiles(path=str(path)), backend, ALL)


def test_a_file_of_no_rows_is_a_table_of_no_rows(tmp_path: Path, backend: IbisBackend) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"id": pa.array([], pa.int64())}), path)
    assert SOURCE.read(ParquetFiles(path=str(path)), backend, ALL).table.count().execute() == 0

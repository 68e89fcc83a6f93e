"""What the engine says of files is told in our words: it quotes what is in them."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_pipeline.profiles.engine import IbisBackend, IbisTable
from audit_pipeline.sources.base import SourceError
from audit_pipeline.sources.engine_words import reading_rows, rows_error
from audit_pipeline.sources.files import reading

Scan = Callable[[IbisBackend, Path], IbisTable]


def two_types(backend: IbisBackend, folder: Path) -> IbisTable:
    pq.write_table(pa.table({"id": [1]}), folder / "1.parquet")
    pq.write_table(pa.table({"id": ["Jane"]}), folder / "2.parquet")
    return backend.read_parquet([str(folder / "1.parquet"), str(folder / "2.parquet")])


def two_names(backend: IbisBackend, folder: Path) -> IbisTable:
    pq.write_table(pa.table({"id": [1]}), folder / "1.parquet")
    pq.write_table(pa.table({"x": ["Jane"]}), folder / "2.parquet")
    return backend.read_parquet([str(folder / "1.parquet"), str(folder / "2.parquet")])


def two_headers(backend: IbisBackend, folder: Path) -> IbisTable:
    (folder / "1.csv").write_text("id,n\n1,Jane\n")
    (folder / "2.csv").write_text("id,m\n1,Jane\n")
    return backend.read_csv([str(folder / "1.csv"), str(folder / "2.csv")])


def a_wrong_type(backend: IbisBackend, folder: Path) -> IbisTable:
    (folder / "1.csv").write_text("id\n1\nJane\n")
    return backend.read_csv([str(folder / "1.csv")], types={"id": "BIGINT"}, header=True)


def a_quoted_name(backend: IbisBackend, folder: Path) -> IbisTable:
    (folder / "1.csv").write_text('id,n\n1,x\n"Jane, in line 7 of file ""/Jane""",x\n')
    return backend.read_csv([str(folder / "1.csv")], types={"id": "BIGINT"}, header=True)


def a_late_value(backend: IbisBackend, folder: Path) -> IbisTable:
    (folder / "1.jsonl").write_text('{"id": 1}\n{"id": "Jane"}\n')
    return backend.read_json(
        [str(folder / "1.jsonl")], format="newline_delimited", columns={"id": "BIGINT"}
    )


def a_damaged_page(backend: IbisBackend, folder: Path) -> IbisTable:
    pq.write_table(pa.table({"id": list(range(100_000))}), folder / "1.parquet")
    content = bytearray((folder / "1.parquet").read_bytes())
    content[1000:3000] = b"Jane" * 500
    (folder / "1.parquet").write_bytes(content)
    return backend.read_parquet([str(folder / "1.parquet")])


def gone(backend: IbisBackend, folder: Path) -> IbisTable:
    pq.write_table(pa.table({"id": [1]}), folder / "1.parquet")
    table = backend.read_parquet([str(folder / "1.parquet")])
    (folder / "1.parquet").unlink()
    return table


@pytest.mark.parametrize(
    ("scan", "said"),
    [
        (two_types, "2.parquet cannot be read: its files do not have the same types: the column"),
        (two_names, "2.parquet cannot be read: its files do not have the same columns: the column"),
        (two_headers, "do not have the same columns: the column 'n' is not the same in all"),
        (a_wrong_type, "1.csv cannot be read: a value is not of the type"),
        (a_quoted_name, "1.csv cannot be read: a value is not of the type"),
        (a_late_value, "1.jsonl cannot be read: a value is not what the same key holds"),
        (a_damaged_page, "1.parquet cannot be read: it is damaged"),
        (gone, "1.parquet cannot be read: it is gone"),
    ],
)
def test_what_the_engine_says_late_is_told_without_a_value(
    scan: Scan, said: str, backend: IbisBackend, tmp_path: Path
) -> None:
    with pytest.raises(SourceError) as caught, reading_rows():
        scan(backend, tmp_path).to_pyarrow()
    assert said in str(caught.value)
    assert "Jane" not in str(caught.value)


def test_the_line_of_a_value_is_told(backend: IbisBackend, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"\(line 3\)$"), reading_rows():
        a_wrong_type(backend, tmp_path).to_pyarrow()
    with pytest.raises(SourceError, match=r"\(line 2\)$"), reading_rows():
        a_late_value(backend, tmp_path).to_pyarrow()


def test_what_the_engine_says_at_once_is_told_without_a_value() -> None:
    error = duckdb.ConversionException("Could not convert string 'Jane' to INT64")
    with pytest.raises(SourceError) as caught, reading("rows.csv", "CSV"):
        raise error
    assert str(caught.value) == (
        "rows.csv is no readable CSV: a value is not of the type that its column has elsewhere"
    )


@pytest.mark.parametrize(
    "error",
    [
        duckdb.OutOfMemoryException("failed to allocate data"),
        duckdb.IOException("Could not write file: No space left on device"),
        ValueError("Jane"),
    ],
)
def test_what_is_no_fault_of_the_files_stays_what_it_is(error: Exception) -> None:
    assert rows_error(error) is None
    with pytest.raises(type(error)), reading_rows():
        raise error

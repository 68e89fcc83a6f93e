import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from audit_pipeline.profiles.engine import IbisBackend
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.sources.files import find_files
from audit_pipeline.sources.kinds.csv import SOURCE, CsvFiles

ALL = Wanted(folder=Path("not used by files"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rows.csv"


def rows(path: Path, backend: IbisBackend, **settings: Any) -> list[dict[str, Any]]:  # noqa: ANN401 (any setting)
    table = SOURCE.read(CsvFiles(path=str(path), **settings), backend, ALL).table
    found: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return found


def test_types_come_from_all_rows(path: Path, backend: IbisBackend) -> None:
    path.write_text("id,x\n" + "".join(f"{n},{n}\n" for n in range(50_000)) + "last,0.5\n")
    found = rows(path, backend)
    assert found[0] == {"id": "0", "x": 0.0}
    assert found[-1] == {"id": "last", "x": 0.5}


@pytest.mark.parametrize("delimiter", [None, ";"])
def test_the_delimiter_is_found_out_or_told(
    delimiter: str | None, path: Path, backend: IbisBackend
) -> None:
    path.write_text("id;x\n1;0,5\n2;1,5\n")
    assert rows(path, backend, delimiter=delimiter)[0] == {"id": 1, "x": "0,5"}


def test_the_empty_field_and_the_text_for_no_value_are_null(
    path: Path, backend: IbisBackend
) -> None:
    path.write_text("id,x\n1,?\n2,\n3,4\n")
    assert [row["x"] for row in rows(path, backend, null="?")] == [None, None, 4]


def test_a_latin_1_file_read_as_such_keeps_its_letters(path: Path, backend: IbisBackend) -> None:
    path.write_bytes("id,name\n1,José\n".encode("latin-1"))
    assert rows(path, backend, encoding="latin-1") == [{"id": 1, "name": "José"}]


@pytest.mark.parametrize("before", [0, 50_000])
def test_a_latin_1_file_read_as_utf_8_is_said_to_be_none(
    before: int, path: Path, backend: IbisBackend
) -> None:
    first = "".join(f"{n},x\n" for n in range(before))
    path.write_bytes(f"id,name\n{first}1,José\n".encode("latin-1"))
    with pytest.raises(SourceError, match=r"rows\.csv is no readable CSV: .* not UTF-8") as caught:
        rows(path, backend)
    assert "encoding: latin-1" in str(caught.value)
    assert "Jos" not in str(caught.value)


def test_an_encoding_that_cannot_be_read_is_refused_and_those_that_can_are_named() -> None:
    with pytest.raises(ValidationError, match="'utf-8', 'latin-1' or 'utf-16'"):
        CsvFiles.model_validate({"path": "rows.csv", "encoding": "cp1252"})


def test_windows_text_is_not_taken_for_latin_1(path: Path, backend: IbisBackend) -> None:
    path.write_bytes("id,price\n1,5 €\n".encode("cp1252"))
    with pytest.raises(SourceError, match=r"Windows-1252 is close, and has €.*: save it as UTF-8"):
        rows(path, backend, encoding="latin-1")


def test_a_german_export_is_read_with_its_letters_and_decimals(
    path: Path, backend: IbisBackend
) -> None:
    path.write_bytes("id;Größe;Preis\n1;groß;0,5\n2;klein;1234,5\n".encode("latin-1"))
    found = rows(path, backend, encoding="latin-1", decimal=",")
    assert found == [
        {"id": 1, "Größe": "groß", "Preis": 0.5},
        {"id": 2, "Größe": "klein", "Preis": 1234.5},
    ]


def test_decimals_are_numbers(path: Path, backend: IbisBackend) -> None:
    path.write_text("id,x\n1,1.10\n2,12345678.25\n")
    assert [row["x"] for row in rows(path, backend)] == [1.1, 12345678.25]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (["true", "FALSE"], [True, False]),
        (["yes", "no"], ["yes", "no"]),
        (["T", "F"], ["T", "F"]),
        (["true", "no"], ["true", "no"]),
        (["1", "0"], [1, 0]),
    ],
)
def test_only_true_and_false_are_booleans(
    written: list[str], read: list[object], path: Path, backend: IbisBackend
) -> None:
    path.write_text("id,x\n" + "".join(f"{n},{text}\n" for n, text in enumerate(written)))
    assert [row["x"] for row in rows(path, backend)] == read


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        (["2024-01-31", "2024-02-01"], "date"),
        (["2024-01-31 08:00:00", "2024-01-31T09:00:00.5"], "timestamp(6)"),
        (["01/02/2024", "03/04/2024"], "string"),
        (["31.01.2024", "01.02.2024"], "string"),
        (["24-01-31", "24-02-01"], "string"),
        (["2024-01-31", "01.02.2024"], "string"),
        (["01/02/2024 10:00:00", "01/03/2024 10:00:00 PM"], "string"),
        (["01/02/2024 10:00:00", "01/03/2024 11:00:00"], "string"),
    ],
)
def test_only_dates_and_times_that_cannot_be_read_in_two_ways_are_such(
    written: list[str], kind: str, path: Path, backend: IbisBackend
) -> None:
    path.write_text("id,x\n" + "".join(f"{n},{text}\n" for n, text in enumerate(written)))
    table = SOURCE.read(CsvFiles(path=str(path)), backend, ALL).table
    assert str(table.schema()["x"]) == kind
    assert table.to_pyarrow().num_rows == len(written)


def test_a_date_in_another_form_far_down_makes_the_column_text(
    path: Path, backend: IbisBackend
) -> None:
    path.write_text("id,x\n" + "1,2024-01-31\n" * 50_000 + "2,31.01.2024\n")
    assert rows(path, backend)[-1] == {"id": 2, "x": "31.01.2024"}


def test_times_of_several_zones_are_one_instant_each(path: Path, backend: IbisBackend) -> None:
    path.write_text("id,at\n1,2024-01-31T08:00:00Z\n2,2024-01-31T09:00:00+01:00\n")
    found = {row["at"].astimezone(UTC) for row in rows(path, backend)}
    assert found == {datetime(2024, 1, 31, 8, tzinfo=UTC)}


@pytest.mark.parametrize("bare", ["2024-01-31T08:00:00", "2024-01-31 08:00", "2024-01-31"])
def test_times_with_and_without_a_zone_in_one_column_are_refused(
    bare: str, path: Path, backend: IbisBackend
) -> None:
    path.write_text(f"id,at\n1,2024-01-31T08:00:00Z\n2,{bare}\n3,\n")
    with pytest.raises(SourceError, match=r"1 of the times in 'at' have no zone.* write all"):
        rows(path, backend)


@pytest.mark.parametrize("delimiter", [None, ","])
@pytest.mark.parametrize("cut", ["50000,x5", '50000,"Jane Doe', "50000"])
def test_a_last_line_that_is_cut_short_is_refused(
    cut: str, delimiter: str | None, path: Path, backend: IbisBackend
) -> None:
    path.write_text("id,n,x\n" + "1,a,1.5\n" * 50_000 + cut)
    with pytest.raises(SourceError, match="while a file is still being written") as caught:
        rows(path, backend, delimiter=delimiter)
    assert "Jane" not in str(caught.value)


def test_a_quotation_mark_that_is_never_closed_is_said_to_be(
    path: Path, backend: IbisBackend
) -> None:
    path.write_text('id,n\n1,"Jane' + "x" * 3_000_000 + "\n")
    with pytest.raises(SourceError, match=r"longer than 2 MB: is a quotation mark") as caught:
        rows(path, backend)
    assert "Jane" not in str(caught.value)


def test_a_file_that_is_no_text_is_said_to_be_none(path: Path, backend: IbisBackend) -> None:
    path.write_bytes(b"PAR1\x00\x01")
    with pytest.raises(SourceError, match="its header holds control characters"):
        rows(path, backend)


def test_types_come_from_all_files(tmp_path: Path, backend: IbisBackend) -> None:
    for number in range(30):
        last = "abc" if number == 29 else str(number)
        (tmp_path / f"{number:02}.csv").write_text(f"id,x\n{number},{last}\n")
    table = SOURCE.read(CsvFiles(path=f"{tmp_path}/*.csv"), backend, ALL).table
    assert table.to_pyarrow()["x"].to_pylist()[-2:] == ["28", "abc"]


MEMORY = """
import resource, sys
from pathlib import Path
from audit_pipeline.profiles.engine import open_duckdb
from audit_pipeline.sources.base import Wanted
from audit_pipeline.sources.kinds.csv import SOURCE, CsvFiles
from audit_pipeline.stages.snapshot import _write
folder = Path(sys.argv[1])
backend = open_duckdb(folder / "spill")
read = SOURCE.read(CsvFiles(path=str(folder / "rows.csv")), backend, Wanted(folder=folder))
_write(read.table, "id", folder / "snapshot.parquet")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(path: Path, tmp_path: Path) -> None:
    """200 MB take as much as 1 GB: `pytest -m slow audit_pipeline_tests/sources/kinds`."""
    peaks = []
    for size in (200_000_000, 1_000_000_000):
        block = "".join(f"{n},{n / 7},text {n},2024-01-31T08:00:00\n" for n in range(100_000))
        with path.open("w") as file:
            file.write("id,x,t,at\n")
            file.writelines(block for _ in range(size // len(block)))
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", MEMORY, str(tmp_path)],
            check=True,
            capture_output=True,
            text=True,
        )
        peaks.append(int(done.stdout.split()[-1]) / 1024)
    assert max(peaks) < 1024, f"{peaks} MB"
    assert peaks[1] < 1.5 * peaks[0] + 200, f"{peaks} MB"


def test_a_header_alone_is_a_table_of_no_rows(path: Path, backend: IbisBackend) -> None:
    path.write_text("id,x\n")
    table = SOURCE.read(CsvFiles(path=str(path)), backend, ALL).table
    assert list(table.columns) == ["id", "x"]
    assert table.count().execute() == 0


@pytest.mark.parametrize("delimiter", [None, ","])
@pytest.mark.parametrize("bad", ["2,3,4\n", "2\n"])
def test_lines_of_unequal_length_are_refused_without_their_content(
    bad: str, delimiter: str | None, path: Path, backend: IbisBackend
) -> None:
    path.write_text(f"id,x\n1,2\n{bad}3,4\n")
    with pytest.raises(SourceError, match=r"its lines differ in their number of fields"):
        rows(path, backend, delimiter=delimiter)


def test_a_missing_and_an_empty_file_are_named(path: Path, backend: IbisBackend) -> None:
    with pytest.raises(SourceError, match=f"there is no file at {path}"):
        rows(path, backend)
    path.touch()
    with pytest.raises(SourceError, match=r"rows\.csv is empty \(0 bytes\)"):
        rows(path, backend)


def test_several_files_of_one_header_are_one_table(tmp_path: Path, backend: IbisBackend) -> None:
    for name, number in (("b", 2), ("a", 1)):
        (tmp_path / f"{name}.csv").write_text(f"id,x\n{number},5\n")
    settings = CsvFiles(path=f"{tmp_path}/*.csv")
    assert [file.name for file in find_files(settings.path)] == ["a.csv", "b.csv"]
    found = SOURCE.read(settings, backend, ALL).table.to_pyarrow().to_pylist()
    assert [row["id"] for row in found] == [1, 2]

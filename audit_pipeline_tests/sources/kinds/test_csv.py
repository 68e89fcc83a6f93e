from pathlib import Path
from typing import Any

import pytest

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


def test_an_encoding_that_cannot_be_read_is_named(path: Path, backend: IbisBackend) -> None:
    path.write_text("id\n1\n")
    with pytest.raises(SourceError, match="cp1252"):
        rows(path, backend, encoding="cp1252")


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

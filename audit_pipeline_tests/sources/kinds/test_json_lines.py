import gzip
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from audit_pipeline.profiles.engine import IbisBackend
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.sources.engine_words import reading_rows
from audit_pipeline.sources.kinds.json_lines import SOURCE, JsonLines

ALL = Wanted(folder=Path("not used by files"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rows.jsonl"


def rows(path: Path | str, backend: IbisBackend) -> list[dict[str, Any]]:
    table = SOURCE.read(JsonLines(path=str(path)), backend, ALL).table
    found: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return found


def test_each_line_is_a_row_and_a_key_that_is_not_there_is_null(
    path: Path, backend: IbisBackend
) -> None:
    path.write_text('{"id": 1, "x": 0.5, "t": "é"}\n\n{"id": 2, "t": "2"}\n')
    assert rows(path, backend) == [{"id": 1, "x": 0.5, "t": "é"}, {"id": 2, "x": None, "t": "2"}]


def test_a_compressed_file_is_read(tmp_path: Path, backend: IbisBackend) -> None:
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"id": 1}\n{"id": 2}\n'))
    assert rows(path, backend) == [{"id": 1}, {"id": 2}]


def test_types_come_from_all_lines_and_mixed_ones_are_text(
    path: Path, backend: IbisBackend
) -> None:
    path.write_text('{"id": 1, "x": 1}\n' * 60_000 + '{"id": "last", "x": 0.5}\n')
    found = rows(path, backend)
    assert found[0] == {"id": "1", "x": 1.0}
    assert found[-1] == {"id": "last", "x": 0.5}


def test_files_whose_keys_differ_are_one_table(tmp_path: Path, backend: IbisBackend) -> None:
    for n in range(40):  # the engine looks at 32 files, unless it is told to look at all
        line = f'{{"id": {n}}}' if n < 35 else f'{{"id": "{n}", "late": true}}'
        (tmp_path / f"{n:02}.jsonl").write_text(line + "\n")
    found = rows(f"{tmp_path}/*.jsonl", backend)
    assert found[0] == {"id": "0", "late": None}
    assert found[-1] == {"id": "39", "late": True}


@pytest.mark.parametrize("content", ['[{"id": 1, "name": "Jane"}]', '\n [\n{"id": 1}\n]'])
def test_a_json_array_is_said_to_be_one_and_what_to_do(
    content: str, path: Path, backend: IbisBackend
) -> None:
    path.write_text(content)
    with pytest.raises(SourceError, match=r"rows\.jsonl is no readable .* one JSON array.*jq -c"):
        rows(path, backend)


@pytest.mark.parametrize("content", ["1\n2\n", '"Jane"\n', '{"id": 1}\n[2]\n'])
def test_lines_that_are_no_objects_are_refused(
    content: str, path: Path, backend: IbisBackend
) -> None:
    path.write_text(content)
    with pytest.raises(SourceError, match="a line is no JSON object") as caught:
        rows(path, backend)
    assert "Jane" not in str(caught.value)


@pytest.mark.parametrize("before", [1, 60_000])
def test_a_broken_line_is_named_by_its_number_and_not_quoted(
    before: int, path: Path, backend: IbisBackend
) -> None:
    path.write_text('{"id": 1}\n' * before + '{"id": 2, "name": "Jane Doe\n{"id": 3}\n')
    with pytest.raises(
        SourceError, match=rf"still being written\?\) \(line {before + 1} "
    ) as caught:
        rows(path, backend)
    assert "Jane" not in str(caught.value)


def test_a_file_still_being_written_is_refused(path: Path, backend: IbisBackend) -> None:
    path.write_text('{"id": 1}\n' * 60_000 + '{"id": 2, "na')
    with pytest.raises(SourceError, match="is it still being written"):
        rows(path, backend)


def test_a_key_twice_in_a_line_is_refused_without_its_value(
    path: Path, backend: IbisBackend
) -> None:
    path.write_text('{"id": 1, "name": "Jane", "name": "Joe"}\n')
    with pytest.raises(SourceError, match="one key twice") as caught, reading_rows():
        rows(path, backend)
    assert "Jane" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"id": "José"}\n'.encode("latin-1"), "its text is not UTF-8"),
        (b'\xef\xbb\xbf{"id": 1}\n', "byte order mark"),
    ],
)
def test_text_that_is_not_plain_utf_8_is_said_to_be_none(
    content: bytes, said: str, path: Path, backend: IbisBackend
) -> None:
    path.write_bytes(content)
    with pytest.raises(SourceError, match=said):
        rows(path, backend)


@pytest.mark.parametrize("content", [gzip.compress(b'{"id": 1}\n' * 9999)[:-20], b'{"id": 1}\n'])
def test_a_compressed_file_that_is_cut_short_or_not_compressed_is_said_to_be(
    content: bytes, tmp_path: Path, backend: IbisBackend
) -> None:
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(content)
    with pytest.raises(SourceError, match="damaged, or cut short"):
        rows(path, backend)


def test_an_empty_file_is_named(path: Path, backend: IbisBackend) -> None:
    path.touch()
    with pytest.raises(SourceError, match=r"rows\.jsonl is empty"):
        rows(path, backend)


def test_iso_dates_and_times_are_such_and_others_are_text(path: Path, backend: IbisBackend) -> None:
    path.write_text(
        '{"day": "2024-01-31", "at": "2024-01-31T08:00:00", "utc": "2024-01-31T08:00:00+01:00",'
        ' "us": "01/02/2024", "none": null}\n'
        '{"day": "2024-02-01", "at": "2024-02-01", "utc": "2024-01-31T08:00:00Z", "us": null}\n'
    )
    table = SOURCE.read(JsonLines(path=str(path)), backend, ALL).table
    kinds = {name: str(kind) for name, kind in table.schema().items()}
    assert kinds == {
        "day": "date",
        "at": "timestamp",
        "utc": "timestamp('UTC')",
        "us": "string",
        "none": "float64",
    }
    found = table.to_pyarrow().to_pylist()
    assert found[0]["day"] == date(2024, 1, 31)
    assert found[0]["utc"].astimezone(UTC) == datetime(2024, 1, 31, 7, tzinfo=UTC)
    assert found[1]["at"] == datetime(2024, 2, 1)  # noqa: DTZ001 (it has no zone)


def test_times_with_and_without_a_zone_in_one_column_are_refused(
    path: Path, backend: IbisBackend
) -> None:
    path.write_text('{"at": "2024-01-31T08:00:00Z"}\n{"at": "2024-01-31T08:00:00"}\n')
    with pytest.raises(SourceError, match="1 of the times in 'at' have no zone"):
        rows(path, backend)


def test_whole_numbers_are_signed_unless_they_are_too_large(
    path: Path, backend: IbisBackend
) -> None:
    path.write_text(f'{{"id": 1, "big": {2**64 - 1}}}\n')
    table = SOURCE.read(JsonLines(path=str(path)), backend, ALL).table
    assert {name: str(kind) for name, kind in table.schema().items()} == {
        "id": "int64",
        "big": "uint64",
    }


def test_lists_and_objects_are_text(path: Path, backend: IbisBackend) -> None:
    path.write_text('{"tags": ["a"], "of": {"b": 1}}\n')
    assert rows(path, backend) == [{"tags": '["a"]', "of": '{"b":1}'}]


def test_keys_that_differ_in_case_only_are_refused(path: Path, backend: IbisBackend) -> None:
    path.write_text('{"id": 1, "ID": 2}\n')
    with pytest.raises(SourceError, match="in other case; rename one"):
        rows(path, backend)

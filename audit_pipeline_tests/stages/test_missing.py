"""An unexpected error says what it is and where it arose, and nothing of anybody's rows."""

import errno
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_pipeline.domain.window import WindowError
from audit_pipeline.models.child import ChildFailed
from audit_pipeline.profiles.engine import one_row, open_duckdb
from audit_pipeline.stages.missing import MissingError, said, where


def engine_error(folder: Path, name: str) -> Exception:
    """Return what the engine raises when it is to read a name as a number."""
    backend = open_duckdb(folder)
    pq.write_table(pa.table({"name": [name]}), folder / "rows.parquet")
    rows = backend.read_parquet(str(folder / "rows.parquet"))
    with pytest.raises(duckdb.ConversionException) as raised:
        one_row(rows.aggregate(n=rows["name"].cast("int32").max()))
    assert "Mary" in str(raised.value)
    return raised.value


@pytest.mark.parametrize("name", ["O'Brien Mary", "Mary", 'Mary "May" O\'Brien', "a\nMary"])
def test_the_engines_words_are_not_shown_but_its_type_and_place(tmp_path: Path, name: str) -> None:
    error = engine_error(tmp_path, name)
    kind, place = said(error).split(" in ")
    assert kind == "ConversionException"
    file, line = place.split(":")
    assert file == "engine.py"  # of ours, and not of the library that raised
    assert int(line) > 0
    assert "Mary" not in where(error)
    assert "Brien" not in where(error)
    assert "in one_row" in where(error)


def test_what_an_error_came_after_is_not_quoted_either(tmp_path: Path) -> None:
    after = RuntimeError("row of Mary")
    after.__cause__ = engine_error(tmp_path, "O'Brien Mary")
    assert "after:" in where(after)
    assert "ConversionException in engine.py:" in where(after)
    assert "Mary" not in where(after)


def test_the_operating_systems_own_word_is_shown() -> None:
    full = OSError(errno.ENOSPC, "Mary's row", "/rows of Mary")
    assert said(full) == "OSError: No space left on device"
    assert said(OSError("Mary")) == "OSError"


def test_errors_of_ours_keep_their_words() -> None:
    assert said(MissingError("the column 'x' is missing")) == (
        "MissingError: the column 'x' is missing"
    )
    assert said(WindowError("no week begins at '2024-01-02'")) == (
        "WindowError: no week begins at '2024-01-02'"
    )


def test_what_a_library_said_in_the_child_is_not_shown() -> None:
    error = ChildFailed("score", "ValueError", "could not convert string to float: Mary")
    assert said(error) == "ChildFailed: ValueError"

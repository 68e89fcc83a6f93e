"""What the engine's errors about files mean, in words that quote nothing of what is in them.

DuckDB quotes the very value it stumbles over, in the first line of its message too. So nothing of
a message is passed on but line numbers, and names of files, columns and types at the places where
only those can stand.
"""

import contextlib
import re
from collections.abc import Iterator, Mapping

from audit_pipeline.sources.base import SourceError

HALF = "it is damaged, or cut short: is it still being written?"
MEANINGS: Mapping[str, str] = {
    "invalid UTF-8": "its text is not UTF-8: save it as UTF-8",
    "duplicate key": "a line has one key twice",
    "maximum_object_size": "a line is longer than 16 MB: is it one object a line?",
    "Malformed JSON": f"a line is no whole JSON object ({HALF})",
    "JSON transform error": "a value is not what the same key holds in other lines",
    "expected records": "a line is no JSON object",
    "No magic bytes": HALF,
    "too small to be a Parquet": HALF,
    "decompression failure": HALF,
    "GZIP": HALF,
    "Out of buffer": HALF,
    "Permission denied": "it may not be read: give this user the right to",
    "No such file": "it is gone: was it moved or replaced?",
    "No files found": "it is gone: was it moved or replaced?",
    "Schema mismatch": "its files do not have the same columns",
    "schema mismatch": "its files do not have the same columns",
    "failed to cast column": "its files do not have the same types",
}
"""What a text in the message says, whatever else stands there."""
KINDS: Mapping[str, str] = {
    "ConversionException": "a value is not of the type that its column has elsewhere",
    "InvalidInputException": HALF,
    "SerializationException": HALF,
    "OutOfRangeException": "a number is too large for its column",
}
"""What the kind of an error says, where its text says nothing known."""

CSV_LINE = re.compile(r"\A[\w ]*Error: CSV Error on Line: (\d+)\n")
JSON_LINE = re.compile(r'\A[\w ]*Error: JSON transform error in file "[^"\n]*", in line (\d+)')
JSON_NEAR = re.compile(
    r'\A[\w ]*Error: Malformed JSON in file "[^"\n]*", at byte \d+ in line (\d+)'
)
TYPES = re.compile(
    r'\A[\w ]*Error: Error while reading file "[^"\n]*": failed to cast column "([^"\n]*)"'
    r" from type (\w+) to (?:type )?(\w+)"
)
COLUMN = re.compile(
    r'\A[\w ]*Error: (?:Failed to read file "[^"\n]*": schema mismatch in glob: column'
    r'|Schema mismatch between globbed files\.\n[^\n]*\n[^\n]*\nColumn with name:) "([^"\n]*)"'
)
FILE = re.compile(r"""\A[\w ]*Error: [\w ]*(?:file|stream|pattern):? ["']?(/[^"'\n]*)""")
CSV_FILE = re.compile(r"^  file = (.*)$", re.MULTILINE)


def meaning(error: Exception, known: Mapping[str, str] | None = None) -> str | None:
    """Return what is wrong with the files an error is about; None if it is about no file's content.

    `known` says in other words what a text in the message means. A disk that is full, or memory
    that does not suffice, is no fault of the files.
    """
    text = str(error)
    every = {**(known or {}), **MEANINGS}
    found = next((ours for theirs, ours in every.items() if theirs in text), None)
    said = found or KINDS.get(type(error).__name__)
    return None if said is None else said + _place(text)


def _place(text: str) -> str:
    if line := CSV_LINE.match(text) or JSON_LINE.match(text):
        return f" (line {line[1]})"
    if line := JSON_NEAR.match(text):
        return f" (line {max(1, int(line[1]) - 1)} or the one after)"
    if types := TYPES.match(text):
        return f": the column {types[1]!r} is {types[2]} in one and {types[3]} in another"
    if column := COLUMN.match(text):
        return f": the column {column[1]!r} is not the same in all"
    return ""


@contextlib.contextmanager
def reading_rows() -> Iterator[None]:
    """Turn the engine's errors about the files it reads into ours; others stay as they are.

    Files are read when their rows are asked for: what is wrong with them may show only then.
    """
    try:
        yield
    except Exception as error:
        if (ours := rows_error(error)) is not None:
            raise ours from error
        raise


def rows_error(error: Exception) -> SourceError | None:
    """Return the engine's error as one of the source it reads; None if it is something else."""
    if "duckdb" not in type(error).__module__:
        return None
    said = meaning(error)
    return None if said is None else SourceError(f"{_file(str(error))} cannot be read: {said}")


def _file(text: str) -> str:
    if named := FILE.match(text):
        return named[1]
    listed = CSV_FILE.findall(text)  # the last one: what stands before may be of the file itself
    return str(listed[-1]) if listed else "the table"

"""Newline-delimited JSON: what the engine reads of it, and what it must not guess."""

import gzip
from collections.abc import Sequence
from pathlib import Path

import ibis

from audit_pipeline.sources.base import IbisBackend, IbisTable, SourceError
from audit_pipeline.sources.files import reading
from audit_pipeline.sources.iso_times import iso_times
from audit_pipeline.sources.json_types import json_types

ARRAY = (
    "it is one JSON array; write one object a line instead, for example with"
    " `jq -c '.[]' rows.json > rows.jsonl`"
)
MARK = "it begins with a byte order mark: save it as UTF-8 without one"
FIRST = 64
"""Bytes of a file in which its first character is looked for."""
LARGEST = 2**63
NOTHING = "DOUBLE"
"""The type of a key that is null in all lines."""


def scan_json(path: str, files: Sequence[Path], backend: IbisBackend) -> IbisTable:
    """Return files of JSON lines as one table; types come from all lines, not from the first few.

    A key that holds numbers in one line and text in another is text, and so are lists and objects.
    Text that is a date or time as ISO 8601 writes them is one. `path` is what messages call the
    files.

    Raises:
        SourceError: A file is a JSON array, or broken, or one key has times with and without a
            zone.
    """
    for file in files:
        _need_lines(path, file)
    names = [str(file) for file in files]
    with reading(path, "JSON lines"):
        types = json_types(backend, names, path)
        columns = {name: NOTHING if kind == "NULL" else kind for name, kind in types.items()}
        table = backend.read_json(names, format="newline_delimited", records=True, columns=columns)
        mixed = {n: json_extract_string(table[n], "$") for n, k in types.items() if k == "JSON"}
        table = table.mutate(**mixed, **_small_numbers(table, types))
        texts = [name for name, kind in types.items() if kind == "VARCHAR"]
        times = iso_times(table, texts, path)
    return table.mutate(**{name: table[name].cast(kind) for name, kind in times.items()})


def _small_numbers(table: IbisTable, types: dict[str, str]) -> dict[str, object]:
    """Return the whole numbers that need no unsigned type as what they are elsewhere."""
    unsigned = [name for name, kind in types.items() if kind == "UBIGINT"]
    if not unsigned:
        return {}
    asked = {str(number): table[name].max() for number, name in enumerate(unsigned)}
    largest = table.aggregate(**asked).to_pyarrow().to_pylist()[0]
    return {
        name: table[name].cast("int64")
        for number, name in enumerate(unsigned)
        if (largest[str(number)] or 0) < LARGEST
    }


@ibis.udf.scalar.builtin(signature=(("json", "string"), "string"))  # type: ignore[untyped-decorator]
def json_extract_string(value: object, path: str) -> str:  # type: ignore[empty-body]
    """Return a value of mixed types as text: without the quotes that JSON puts around text."""


def _need_lines(path: str, file: Path) -> None:
    """Let a file pass whose first character is not that of a list."""
    try:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as content:
            first = content.read(FIRST).lstrip()
    except (OSError, EOFError):
        return  # the engine says it better
    if first.startswith(b"["):
        raise SourceError(f"{path} is no readable JSON lines: {ARRAY}")
    if first.startswith(b"\xef\xbb\xbf"):
        raise SourceError(f"{path} is no readable JSON lines: {MARK}")

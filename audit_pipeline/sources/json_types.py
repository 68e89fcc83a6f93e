"""What types the keys of JSON lines have, found out from all lines in memory that does not grow.

The engine's own way holds a buffer for each file, and its aggregate something of every line.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from audit_pipeline.sources.base import IbisBackend, SourceError

OBJECTS = "read_json(?, format = 'newline_delimited', records = false, columns = {line: 'JSON'})"
SHAPES = f"SELECT DISTINCT json_structure(line) FROM {OBJECTS}"
KEYS = f"SELECT json_keys(line) FROM {OBJECTS} LIMIT 1"
NUMBERS = {"UBIGINT", "BIGINT", "HUGEINT", "DOUBLE"}
NO_OBJECT = "a line is no JSON object: write one object a line"
BATCH = 10_000


def json_types(backend: IbisBackend, files: Sequence[str], path: str) -> dict[str, str]:
    """Return the type of each key: text where lines differ, numbers where they are all numbers.

    The keys of the first line come first, in its order, then all others by name.

    Raises:
        SourceError: A line is no object, or two keys differ only in their case.
    """
    found = backend.con.execute(SHAPES, [list(files)])
    types = merged_types(row[0] for row in _rows(found))
    if types is None:
        raise SourceError(f"{path} is no readable JSON lines: {NO_OBJECT}")
    lower = [name.lower() for name in types]
    if twice := next((name for name in types if lower.count(name.lower()) > 1), None):
        raise SourceError(
            f"{path}: the key {twice!r} also stands there in other case; rename one of them"
        )
    first = backend.con.execute(KEYS, [list(files)]).fetchone()[0]
    order = dict.fromkeys([*first, *sorted(types)])
    return {name: types[name] for name in order}


def merged_types(shapes: Iterable[str]) -> dict[str, str] | None:
    """Return what the shapes of lines have in common, or None if one is no object.

    >>> merged_types(['{"id":"UBIGINT","x":"NULL"}', '{"id":"VARCHAR"}', '{"x":"DOUBLE"}'])
    {'id': 'JSON', 'x': 'DOUBLE'}
    """
    types: dict[str, str] = {}
    for text in shapes:
        shape = json.loads(text)
        if shape == "JSON":
            continue  # an object without keys
        if not isinstance(shape, dict):
            return None
        for name, kind in shape.items():
            own = kind if isinstance(kind, str) else "JSON"  # lists and objects stay as they are
            types[name] = _both(types.get(name, "NULL"), own)
    return types


def _both(one: str, other: str) -> str:
    if other in {one, "NULL"}:
        return one
    if one == "NULL":
        return other
    if {one, other} <= NUMBERS:
        return "DOUBLE" if "DOUBLE" in {one, other} else "BIGINT"
    return "JSON"


def _rows(found: Any) -> Iterator[tuple[str]]:  # noqa: ANN401 (DuckDB's own)
    while rows := found.fetchmany(BATCH):
        yield from rows

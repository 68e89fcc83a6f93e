"""What the columns of an SQLite table hold, whatever they are declared as.

SQLite puts any value into any column. So a column's type is found from all its values, as that of
a CSV file: text among numbers makes the whole column text, and nothing is lost or guessed.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from audit_pipeline.sources.databases.sqlite_times import DAY, LOCAL, ZONED

# ruff: noqa: PLC0415 (only who reads pays)

AT_ONCE = 200
"""Columns asked about in one statement: SQLite gives 2,000 results at most."""
FRACTIONAL = ("REAL", "FLOA", "DOUB", "NUM", "DEC")
TIMES = ("DATE", "TIMESTAMP")
COUNTS = (
    "sum(typeof({c}) = 'integer')",
    "sum(typeof({c}) = 'real')",
    "sum(typeof({c}) = 'text')",
    "sum(typeof({c}) = 'blob')",
    "sum(typeof({c}) = 'integer' AND {c} NOT IN (0, 1))",
)
TEXT = "CASE typeof({c}) WHEN 'blob' THEN hex({c}) ELSE CAST({c} AS TEXT) END"


@dataclass(frozen=True, slots=True)
class Holding:
    """A column, how it is asked for, and the Arrow type that holds all its values."""

    name: str
    sql: str
    type: Any

    def array(self, values: Sequence[object]) -> Any:  # noqa: ANN401 (Arrow ships no types)
        """Return the values as Arrow."""
        import pyarrow as pa

        if pa.types.is_boolean(self.type):
            return pa.array(values, pa.int8()).cast(self.type)
        read = (
            date.fromisoformat
            if pa.types.is_date(self.type)
            else datetime.fromisoformat
            if pa.types.is_timestamp(self.type)
            else None
        )
        if read is not None:
            values = [None if value is None else read(str(value)) for value in values]
        return pa.array(values, self.type)


def is_time(declared: str) -> bool:
    """Return whether a declared type is that of a date or time: DATE, DATETIME, TIMESTAMP."""
    return declared.startswith(TIMES)


def holdings(
    connection: sqlite3.Connection, rows: str, declared: Mapping[str, str]
) -> list[Holding]:
    """Return what the columns hold in `rows`, a table and its condition.

    Integers are integers, or booleans where declared so and 0 or 1; with fractions among them, or
    declared as such, doubles; ISO text is a date or time where declared so; all else is text, bytes
    as hexadecimal digits. A column of nulls alone is what it is declared as.
    """
    names = list(declared)
    found: list[Holding] = []
    for at in range(0, len(names), AT_ONCE):
        some = names[at : at + AT_ONCE]
        asked = [_asked(name, declared[name]) for name in some]
        row = connection.execute(f"SELECT {', '.join(asked)} FROM {rows}").fetchone()
        width = len(COUNTS) + 1
        counts = [[n or 0 for n in row[k * width : (k + 1) * width]] for k in range(len(some))]
        found += [_holding(n, declared[n], c) for n, c in zip(some, counts, strict=True)]
    return found


def _asked(name: str, declared: str) -> str:
    times = "audit_pipeline_times({c})" if is_time(declared) else "NULL"
    return ", ".join((*COUNTS, times)).replace("{c}", _quoted(name))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _holding(name: str, declared: str, counts: Sequence[int]) -> Holding:
    import pyarrow as pa

    integers, reals, texts, blobs, other_than_flags, times = counts
    column = _quoted(name)
    kind = None
    if not (texts or blobs):
        kind = _number(declared, bool(integers), bool(reals), bool(other_than_flags))
    elif not (integers or reals or blobs):
        kind = _time(times)
    if kind is None:
        return Holding(name, TEXT.replace("{c}", column), pa.string())
    return Holding(name, f"CAST({column} AS REAL)" if kind == pa.float64() else column, kind)


def _number(declared: str, integers: bool, reals: bool, other_than_flags: bool) -> Any:  # noqa: ANN401, FBT001
    """Return the type of a column of numbers, or of nulls alone; None: it is text, by its word."""
    import pyarrow as pa

    if reals or any(word in declared for word in FRACTIONAL):
        return pa.float64()
    if "BOOL" in declared and not other_than_flags:
        return pa.bool_()
    if integers or "INT" in declared:
        return pa.int64()
    return _time(DAY if declared == "DATE" else LOCAL) if is_time(declared) else None


def _time(seen: int) -> Any:  # noqa: ANN401
    """Return the type of times of which `seen` says the kinds; None: some is none."""
    import pyarrow as pa

    if seen == DAY:
        return pa.date32()
    if seen in {LOCAL, LOCAL | DAY}:
        return pa.timestamp("us")
    return pa.timestamp("us", "UTC") if seen == ZONED else None

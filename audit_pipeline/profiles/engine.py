"""The engine that holds the data: opens it, and the few functions Ibis has no name for."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import ibis

IbisTable = Any  # Ibis ships no types
IbisValue = Any
IbisBackend = Any

AT_ONCE, WIDE = 60, 200
"""Columns that are held apart at once, of a table with more than `WIDE`."""
MEMORY_LIMIT = "640MB"
"""DuckDB spills to disk beyond it, so that a run stays below 1 GB whatever the window's size."""
STATISTICS = "statistics_propagation"
"""What DuckDB 2 has to leave alone: it believes the least and greatest value that a Parquet file
tells of a column, which leave NaN out, and takes `isnan` for false in every row."""


def open_duckdb(spill: Path, memory_limit: str = MEMORY_LIMIT) -> IbisBackend:
    """Return an embedded DuckDB that spills into `spill` and never reaches for the network."""
    backend = ibis.duckdb.connect(
        memory_limit=memory_limit,
        disabled_optimizers=STATISTICS,
        temp_directory=str(spill),
        autoinstall_known_extensions=False,
        autoload_known_extensions=False,
    )
    backend.raw_sql("SET enable_progress_bar = false")  # it would be drawn into our own output
    return backend


def engine_name(backend: IbisBackend) -> str:
    """Return the engine and its version, such as `duckdb 2.0.0`."""
    return f"{backend.name} {str(backend.version).removeprefix('v')}"


def engine_of(expression: IbisValue) -> str:
    """Return the name of the engine that an expression is of; of one of none, DuckDB's."""
    try:
        name: str = expression.get_backend().name
    except ibis.IbisError:
        return "duckdb"
    return name


def one_row(expression: IbisTable) -> dict[str, Any]:
    """Return the one row that `expression` makes."""
    row: dict[str, Any] = expression.to_pyarrow().to_pylist()[0]
    return row


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
def asinh(x: float) -> float:  # type: ignore[empty-body]
    """Return the engine's own inverse hyperbolic sine."""


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
def md5(text: str) -> str:  # type: ignore[empty-body]
    """Return the engine's own MD5 digest as 32 hexadecimal digits; the same on every engine."""


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
def try_strptime(text: str, form: str) -> datetime:  # type: ignore[empty-body]
    """Return the time that `text` says, null where it does not follow `form`."""


def narrowed(
    table: IbisTable, names: Iterable[str], always: Sequence[str] = ()
) -> Iterator[tuple[IbisTable, list[str]]]:
    """Yield the table and the names to be asked of it: of a wide table, some of them at a time.

    Each part has the columns `always`, too.

    A question about one column costs the more, the more columns the table has: with 3,000 it took
    0.1 s, with 60 it takes 5 ms. The engine holds the part only while it is in hand.
    """
    rest = list(names)
    if len(table.columns) <= WIDE:
        yield table, rest
        return
    backend = table.get_backend()
    for first in range(0, len(rest), AT_ONCE):
        some = rest[first : first + AT_ONCE]
        name, columns = f"part_{uuid4().hex}", dict.fromkeys((*some, *always))
        if backend.name != "duckdb":  # what is measured in place is not written to
            yield table.select(list(columns)), some
            continue
        part = backend.create_table(name, table.select(list(columns)), temp=True)
        try:
            yield part, some
        finally:
            backend.raw_sql(f'DROP TABLE "{name}"')  # DuckDB 2 cannot read how Ibis 12 says it


def own_name(word: str, *tables: IbisTable) -> str:
    """Return a name for a column of ours that none of the tables has, in whatever case.

    >>> own_name("key", ibis.table({"_KEY": "int64"}, name="rows"))
    '__key'
    """
    taken, name = {each.lower() for table in tables for each in table.columns}, f"_{word}"
    while name in taken:
        name = f"_{name}"
    return name


def is_number(column: IbisValue) -> bool:
    """Return whether a column can be counted as numbers; booleans can, as 0 and 1."""
    kind = column.type()
    return bool(kind.is_numeric() or kind.is_boolean())


def as_number(column: IbisValue) -> IbisValue:
    """Return a column of numbers, of whatever width, as doubles; booleans as 0 and 1."""
    if column.type().is_boolean():
        column = column.cast("int32")  # PostgreSQL makes no double of one
    return column.cast("float64")


def as_code(column: IbisValue) -> IbisValue:
    """Return a column's values as text, so that 1, 1.0 and '1' are one code; NaN becomes null."""
    kind = column.type()
    if kind.is_boolean():
        # null is neither: a condition alone would make it false
        return ibis.cases((column, "true"), (~column, "false"), else_=ibis.null("string"))
    if kind.is_floating() or kind.is_decimal():
        number = as_number(column)
        exact = number.abs() < 2**53
        small = ibis.ifelse(exact, number, 0.5)  # what is infinite or huge cannot be floored
        whole = exact & (small == small.floor())
        text = ibis.ifelse(whole, whole_text(number, whole), number.cast("string"))
        return ibis.ifelse(number.isnan(), ibis.null("string"), text)
    return column.cast("string")


def whole_text(number: IbisValue, whole: IbisValue) -> IbisValue:
    """Return whole numbers as text without a decimal point; 0 stands in where not `whole`."""
    return ibis.ifelse(whole, number, 0.0).cast("int64").cast("string")

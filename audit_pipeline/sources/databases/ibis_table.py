"""A table of whatever database Ibis reaches: its rows as Arrow, and its facts."""

import contextlib
from collections.abc import Iterator
from typing import Any

from audit_pipeline.sources.base import IbisBackend, IbisTable, SourceError
from audit_pipeline.sources.databases.session import (
    ArrowSchema,
    ArrowTable,
    Ask,
    DroppedError,
    Facts,
    Kind,
    close_to,
    span,
)
from audit_pipeline.sources.databases.settings import SqlTable
from audit_pipeline.sources.databases.statement import one_select, parts_of

# ruff: noqa: PLC0415 (only who reads pays)

IbisValue = Any
ROWS = 20_000
"""Rows of a piece."""
PASSING = {"OperationalError", "InterfaceError"}
"""What drivers (PEP 249) raise when the connection goes, among else: worth another try."""


@contextlib.contextmanager
def explained(settings: SqlTable) -> Iterator[None]:
    """Turn whatever a driver raises into our own words: its may quote rows, or a password."""
    try:
        yield
    except SourceError:
        raise
    except Exception as error:  # noqa: BLE001 (each driver has errors of its own)
        names = {each.__name__ for each in type(error).__mro__}
        said = f"the {settings.named} cannot be read: {type(error).__name__}"
        if names & PASSING:
            raise DroppedError(f"{said} (connection or statement failed)") from None
        raise SourceError(f"{said}; see the URL, the name and the database's own log") from None


class IbisSession:
    """One table of a database that Ibis reaches."""

    def __init__(self, backend: IbisBackend, settings: SqlTable) -> None:
        self.settings = settings
        self.table = _relation(backend, settings)
        self.kinds: dict[str, Kind] = {
            name: _kind(kind) for name, kind in self.table.schema().items()
        }

    def tables(self, ask: Ask) -> tuple[ArrowSchema, Iterator[ArrowTable]]:
        """Return the schema of the rows, and the rows as Ibis hands them out."""
        with explained(self.settings):
            rows = self._within(ask, days=1).select([_readable(self.table[n]) for n in ask.columns])
            rows = rows if ask.limit is None else rows.limit(ask.limit)
            return rows.schema().to_pyarrow(), self._pieces(rows)

    def _pieces(self, rows: IbisTable) -> Iterator[ArrowTable]:
        import pyarrow as pa

        with explained(self.settings):
            batches = iter(rows.to_pyarrow_batches(chunk_size=ROWS))
        while True:
            with explained(self.settings):
                batch = next(batches, None)
            if batch is None:
                return
            yield pa.Table.from_batches([batch])

    def facts(self, ask: Ask) -> Facts:
        """Return what is known of the window's rows."""
        import ibis

        with explained(self.settings):
            rows = self._within(ask, days=0)
            mark = ask.watermark or ask.timestamp
            newest = rows[mark].max().cast("string") if mark else ibis.null("string")
            asked = {f"n{k}": rows[name].count() for k, name in enumerate(ask.columns)}
            row = rows.aggregate(rows=rows.count(), newest=newest, **asked).to_pyarrow()
            values = row.to_pylist()[0]
            return Facts(
                rows=values["rows"],
                newest=values["newest"],
                filled=tuple(values[name] for name in asked),
                complete=self._complete(ask),
            )

    def _complete(self, ask: Ask) -> bool | None:
        kind = self.kinds.get(ask.watermark or "", "other")
        if ask.window is None or kind == "other":
            return None
        reached = _time(self.table[ask.watermark].max(), kind) >= _literal(
            span(kind, ask.window, 0)[1], kind
        )
        return bool(self.table.aggregate(reached=reached).to_pyarrow().to_pylist()[0]["reached"])

    def _within(self, ask: Ask, days: int) -> IbisTable:
        if ask.timestamp is None or ask.window is None:
            return self.table
        kind = self.kinds[ask.timestamp]
        start, end = (_literal(each, kind) for each in span(kind, ask.window, days))
        time = _time(self.table[ask.timestamp], kind)
        inside = (time >= start) & (time < end)
        return self.table.filter(inside | time.isnull() if days else inside)


def _relation(backend: IbisBackend, settings: SqlTable) -> IbisTable:
    if settings.query is not None:
        query = one_select(settings.query, backend.dialect.__name__.lower())
        return backend.sql(query, schema=_schema(backend, query))
    *where, name = parts_of(str(settings.table))
    place = None if not where else where[0] if len(where) == 1 else tuple(where)
    try:
        return backend.table(name, database=place)
    except Exception as error:
        if "NotFound" not in type(error).__name__:
            raise
        there = backend.list_tables(database=place)
        raise SourceError(f"there is no table {settings.table!r}{close_to(name, there)}") from None


def _schema(backend: IbisBackend, query: str) -> Any:  # noqa: ANN401 (Ibis ships no types)
    """Return the columns a query gives where Ibis would make a view to see them, None elsewhere.

    A read-only session makes no views, and Redshift no temporary ones.
    """
    if backend.name != "postgres":
        return None
    import ibis

    described = backend.con.execute(f"SELECT * FROM (\n{query}\n) AS asked LIMIT 0").description
    known = backend.compiler.type_mapper
    return ibis.schema({each.name: known.from_string(each.type_display) for each in described})


def _kind(kind: Any) -> Kind:  # noqa: ANN401 (Ibis ships no types)
    if kind.is_date():
        return "date"
    if not kind.is_timestamp():
        return "other"
    return "zoned" if kind.timezone else "local"


def _readable(column: IbisValue) -> IbisValue:
    """Return the column as it is if it is a number, text, a boolean or a time; else as text."""
    kind = column.type()
    if kind.is_decimal() and kind.precision is None:
        return column.cast("float64").name(column.get_name())
    plain = kind.is_numeric() or kind.is_boolean() or kind.is_temporal() or kind.is_string()
    if plain and not kind.is_time():
        return column
    return column.cast("string").name(column.get_name())


def _time(column: IbisValue, kind: Kind) -> IbisValue:
    return column.cast("timestamp") if kind == "date" else column


def _literal(time: object, kind: Kind) -> IbisValue:
    import ibis

    return ibis.literal(time, "timestamp('UTC')" if kind == "zoned" else "timestamp")

"""PostgreSQL: a session that cannot write, and its tables as the server itself copies them out.

Ibis would turn each value into a Python object first: five times slower, a NaN among decimals or an
infinite date breaks it, and it rewrites queries. `COPY` hands out text, which Arrow reads in C.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from audit_pipeline.sources.databases.address import Address
from audit_pipeline.sources.databases.postgres_connection import transaction
from audit_pipeline.sources.databases.postgres_copy import rows_of
from audit_pipeline.sources.databases.postgres_relation import relation
from audit_pipeline.sources.databases.session import (
    ArrowSchema,
    ArrowTable,
    Ask,
    Facts,
    Kind,
    span,
)
from audit_pipeline.sources.databases.settings import SqlTable

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.sql import Composable, Composed

# ruff: noqa: PLC0415 (only who reads from PostgreSQL pays for its driver)


@contextmanager
def session(address: Address, settings: SqlTable, tag: str) -> Iterator["PostgresSession"]:
    """Open one transaction about one table.

    Raises:
        SourceError: The database cannot be reached, or will not do what it is asked.
        DroppedError: The connection ended.
    """
    with transaction(address, settings, tag) as connection:
        yield PostgresSession(connection, settings)


class PostgresSession:
    """One table of a PostgreSQL database, within one transaction."""

    def __init__(self, connection: "Connection", settings: SqlTable) -> None:
        self.connection = connection
        self.relation = relation(connection, settings)
        self.kinds: dict[str, Kind] = {n: c.kind for n, c in self.relation.columns.items()}

    def tables(self, ask: Ask) -> tuple[ArrowSchema, Iterator[ArrowTable]]:
        """Return the schema of the rows, and the rows, as the server copies them out."""
        from psycopg import sql

        columns = [self.relation.columns[name] for name in ask.columns]
        rows = self.select([each.sql for each in columns], ask)
        return rows_of(
            self.connection,
            sql.SQL("COPY ({rows}) TO STDOUT (FORMAT csv)").format(rows=rows),
            [each.as_double() if each.name in ask.doubles else each for each in columns],
        )

    def select(self, columns: "Sequence[Composable]", ask: Ask) -> "Composed":
        """Return the statement that gives `columns`, expressions, of the rows asked for."""
        from psycopg import sql

        return sql.SQL("SELECT {columns} FROM {source}{where}{limit}").format(
            columns=sql.SQL(", ").join(columns),
            source=self.relation.sql,
            where=self._where(ask, days=1),
            limit=sql.SQL("" if ask.limit is None else f" LIMIT {int(ask.limit)}"),
        )

    def facts(self, ask: Ask) -> Facts:
        """Return what is known of the window's rows."""
        from psycopg import sql

        mark = ask.watermark or ask.timestamp
        newest = sql.SQL("max({})::text").format(sql.Identifier(mark)) if mark else sql.SQL("NULL")
        values = [sql.SQL("count({})").format(sql.Identifier(name)) for name in ask.columns]
        found = self._row(
            sql.SQL("SELECT {} FROM {}{}").format(
                sql.SQL(", ").join([sql.SQL("count(*)"), newest, *values]),
                self.relation.sql,
                self._where(ask, days=0),
            )
        )
        rows, newest, *filled = found
        return Facts(rows=rows, newest=newest, filled=tuple(filled), complete=self._complete(ask))

    def _complete(self, ask: Ask) -> bool | None:
        from psycopg import sql

        kind = self.kinds.get(ask.watermark or "", "other")
        if ask.watermark is None or ask.window is None or kind == "other":
            return None
        asked = sql.SQL("SELECT coalesce(max({}) >= {}, false) FROM {}").format(
            sql.Identifier(ask.watermark),
            sql.Literal(span(kind, ask.window, 0)[1]),
            self.relation.sql,
        )
        return bool(self._row(asked)[0])

    def _where(self, ask: Ask, days: int) -> "Composable":
        from psycopg import sql

        if ask.timestamp is None or ask.window is None:
            return sql.SQL("")
        start, end = span(self.kinds[ask.timestamp], ask.window, days)
        within = "({c} >= {start} AND {c} < {end})" + (" OR {c} IS NULL" if days else "")
        return sql.SQL(" WHERE " + within).format(
            c=sql.Identifier(ask.timestamp),
            start=sql.Literal(start),
            end=sql.Literal(end),
        )

    def _row(self, statement: "Composed") -> tuple[Any, ...]:
        return self.connection.execute(statement).fetchone() or ()

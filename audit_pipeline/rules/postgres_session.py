"""One read-only transaction of PostgreSQL for Great Expectations, and what its errors mean.

Import this module late: it brings SQLAlchemy.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from audit_pipeline.engines.base import DroppedError, EngineError
from audit_pipeline.rules.postgres_connection import unreachable
from audit_pipeline.rules.target import PostgresRows
from audit_pipeline.sources.base import SourceError
from audit_pipeline.sources.databases.postgres_errors import PASSING
from audit_pipeline.sources.databases.statement import one_select

TIMEOUTS = 5
"""Statements that may take too long before no further one is tried: one slow rule among 16 is found
by as many, and a slow database is not asked all night."""
_SETTINGS = {
    "TimeZone": "UTC",
    # with parallel workers, or a scan that joins another half-way, the last digits of a mean differ
    "max_parallel_workers_per_gather": "0",
    "synchronize_seqscans": "off",
    # compiling the one wide query of all rules takes longer than running it interpreted
    "jit": "off",
    # the server guesses one row behind joined tables, and would do a join once per row
    "enable_nestloop": "off",
}
_BEGINS_WITH = re.compile(r"(\s|--[^\n]*\n|/\*.*?\*/)*WITH\b", re.IGNORECASE | re.DOTALL)


class RefusedError(Exception):
    """A query of Great Expectations went wrong; the message quotes no row."""


class PostgresSession:
    """One connection in one transaction, and the queries that stand by a name in all statements.

    A read-only transaction creates no view. And a query asset of Great Expectations would fetch all
    rows to see its columns, on a connection of its own, and garble `%` and `:word` in the query.
    """

    def __init__(self, target: PostgresRows, engine: sa.Engine) -> None:
        self._target = target
        self._named: dict[str, str] = {}
        self._timeouts = 0
        self._dropped = False
        sa.event.listen(engine, "before_cursor_execute", self._with_names, retval=True)
        try:
            self.connection = engine.connect()
        except sa.exc.DBAPIError as error:
            raise unreachable(error, target) from None
        with self.explained():
            self._settle()

    def _settle(self) -> None:
        for name, value in _SETTINGS.items():
            self._set(name, value)
        self._set("statement_timeout", str(max(1, int(self._target.timeout_seconds * 1000))))

    def _set(self, name: str, value: str) -> None:
        self.connection.execute(sa.select(sa.func.set_config(name, value, True)))  # noqa: FBT003

    def name(self, name: str, query: str) -> None:
        """Let `name` stand for what `query` selects; it may use names given before.

        The query is as the driver takes it, with each `%` doubled.
        """
        self._named[name] = query

    def _with_names(self, *call: Any) -> tuple[str, Any]:  # noqa: ANN401 (SQLAlchemy's own)
        _, _, statement, parameters, *_ = call
        if not any(re.search(rf"\b{name}\b", statement) for name in self._named):
            return statement, parameters
        try:  # SQL of the user's own could end the transaction, and begin one that writes
            one_select(statement, "postgres")
        except SourceError as error:
            raise RefusedError(f"Query Error: {error}") from None
        # not materialized: the server reads the columns it needs, and keeps no copy of the rows
        named = [f"{name} AS NOT MATERIALIZED (\n{q}\n)" for name, q in self._named.items()]
        if _BEGINS_WITH.match(statement):  # SQL of the user's own
            statement = f"SELECT * FROM (\n{statement}\n) AS asked"
        return f"WITH {', '.join(named)}\n{statement}", parameters

    @contextmanager
    def explained(self) -> Iterator[sa.Connection]:
        """Yield the connection; a statement that fails spoils none before or after it.

        Raises:
            RefusedError: It failed.
            DroppedError: The connection ended, now or before.
        """
        self.need_unbroken()
        if self._timeouts >= TIMEOUTS:
            raise RefusedError(
                f"Timeout Error: {self._timeouts} statements took longer than"
                f" {self._target.timeout_seconds:g} s each, so no further one was tried: raise the"
                " table's `timeout_seconds`, or shorten the window"
            )
        try:
            with self.connection.begin_nested():
                yield self.connection
        except sa.exc.SQLAlchemyError as error:
            raise self._meaning(error) from None

    def need_unbroken(self) -> None:
        """Do nothing while the transaction is the one it began as.

        Raises:
            DroppedError: The connection ended.
        """
        if self._dropped:
            raise DroppedError("the connection to PostgreSQL was dropped while rules were asked")

    def _meaning(self, error: sa.exc.SQLAlchemyError) -> Exception:
        state = str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")
        gone = self.connection.closed or self.connection.invalidated
        if gone or PASSING.fullmatch(state):
            self._dropped = True
            return DroppedError("the connection to PostgreSQL was dropped while rules were asked")
        if state == "57014":
            self._timeouts += 1
            seconds = f"{self._target.timeout_seconds:g} s"
            return RefusedError(
                f"Timeout Error: the database stopped the statement, which took longer than"
                f" {seconds}: raise the table's `timeout_seconds`, or shorten the window"
            )
        words = str(getattr(error, "orig", error)).partition("\n")[0]
        if state.startswith("42"):  # about the statement, before a row was read
            return RefusedError(f"Query Error: {words}")
        kind = "Conversion Error" if state.startswith("22") else f"PostgreSQL {state} Error"
        return RefusedError(f"{kind}: (its words may quote values)")

    def check_content(self) -> None:
        """Do nothing if the rows are those that are meant.

        Raises:
            EngineError: They are others, or could not be looked at.
        """
        expected = self._target.expected
        if expected is None:
            return
        try:
            with self.explained() as connection:
                found = connection.exec_driver_sql(expected.query.replace("%", "%%")).one()
        except RefusedError as error:
            raise EngineError(
                f"the rows could not be compared with the snapshot: {error}"
            ) from None
        if tuple(str(value) for value in found) != expected.values:
            raise EngineError(
                "the rows changed since the snapshot was taken, so rules about them would tell of"
                " other rows: audit the window again with --again"
            )

    def close(self) -> None:
        """End the transaction, and the connection with it."""
        self.connection.close()

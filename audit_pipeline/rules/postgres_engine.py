"""Great Expectations within one transaction of PostgreSQL. Import this module late.

Great Expectations knows PostgreSQL, but takes a connection for each query, and tries tables out on
further ones. Subclasses of its own extension points keep it within the transaction that was opened
for it: what it reads is one state of the database.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

import sqlalchemy as sa

from audit_pipeline.rules.asked_once import AskedOnce
from audit_pipeline.rules.gx import (
    PrivateAttr,
    ProgressBarsConfig,
    SqlAlchemyExecutionEngine,
    SQLDatasource,
    TableAsset,
    gx,
)
from audit_pipeline.rules.postgres_session import PostgresSession


class QueryColumns:
    """The part of SQLAlchemy's inspector that Great Expectations asks: columns and keys."""

    def __init__(self, dialect: sa.Dialect, columns: Mapping[str, str]) -> None:
        self.dialect = dialect
        self._columns = columns

    def get_pk_constraint(self, **_: object) -> dict[str, list[str]]:
        """Return no primary key: a query has none."""
        return {"constrained_columns": []}

    def get_columns(self, **_: object) -> list[dict[str, Any]]:
        """Return the columns, each with its name and type."""
        return [{"name": name, "type": kind} for name, kind in self._columns.items()]


class PostgresExecutionEngine(AskedOnce, SqlAlchemyExecutionEngine):
    """Great Expectations' SQL engine, within one transaction of its own."""

    session: PostgresSession
    columns: Mapping[str, str]

    @contextmanager
    def get_connection(self) -> Iterator[sa.Connection]:
        """Yield the one connection there is, for one statement."""
        with self.session.explained() as connection:
            yield connection

    def get_inspector(self) -> Any:  # noqa: ANN401 (a stand-in for SQLAlchemy's inspector)
        """Return what the columns of the query are called and which types they have."""
        return QueryColumns(self.dialect, self.columns)


class UntriedAsset(TableAsset):
    """A table that is not tried out on a second connection, which would not know its name."""

    def test_connection(self) -> None:
        """Do nothing."""


EngineClass = type[SqlAlchemyExecutionEngine]  # inside the source `type` is a field
AssetClass = type[TableAsset]


class PostgresRowsDatasource(SQLDatasource):
    """A source of type `postgres_rows`; defining it adds `add_postgres_rows` to every context."""

    type: Literal["postgres_rows"] = "postgres_rows"  # type: ignore[assignment] # as its own subclasses do
    _TableAsset: AssetClass = PrivateAttr(UntriedAsset)

    @property
    def execution_engine_type(self) -> EngineClass:
        """The engine that stays within its transaction."""
        return PostgresExecutionEngine

    def get_execution_engine(self) -> SqlAlchemyExecutionEngine:
        """Return the one engine, which was given."""
        engine: Any = self._execution_engine
        given: SqlAlchemyExecutionEngine = engine
        return given

    def test_connection(self, test_assets: bool = True) -> None:  # noqa: FBT001, FBT002 (the parent's)
        """Do nothing: the session is open already."""


def open_source(
    engine: sa.Engine, session: PostgresSession, columns: Mapping[str, str]
) -> PostgresRowsDatasource:
    """Return a source of tables that has `session`, in a context that stores nothing."""
    asking = PostgresExecutionEngine(engine=engine, create_temp_table=False)
    asking.session, asking.columns = session, columns
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source: PostgresRowsDatasource = context.data_sources.add_postgres_rows(
        name="snapshot", connection_string=str(engine.url)
    )
    source._execution_engine = asking  # noqa: SLF001 (where its kind keeps it)
    return source

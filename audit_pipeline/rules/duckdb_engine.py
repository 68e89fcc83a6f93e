"""Great Expectations on DuckDB. Import this module late.

Great Expectations knows no DuckDB. Three things stand between the two, and each is bridged by a
subclass of its own extension points; nothing global is patched:

* it closes a connection before it fetches, and DuckDB drops the result: the engine holds one;
* its reflection goes through PostgreSQL's catalogue, which DuckDB only half has: the engine
  answers from DuckDB's own `DESCRIBE`;
* it knows the spelling of regular expressions by dialect only: see `DuckDBTypes`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any, Literal

import duckdb
import sqlalchemy as sa

from audit_pipeline.rules.asked_once import AskedOnce
from audit_pipeline.rules.gx import (
    ProgressBarsConfig,
    SqlAlchemyExecutionEngine,
    SQLDatasource,
    gx,
)


@cache
def type_class(name: str) -> type:
    """Return a class that stands for a DuckDB type, a subclass of the type without its size.

    >>> issubclass(type_class("DECIMAL(10,2)"), type_class("DECIMAL"))
    True
    """
    family = name.partition("(")[0]
    return type(name, (object,) if family == name else (type_class(family),), {})


class DuckDBTypes(ModuleType):
    """What Great Expectations calls a dialect module: the dialect's types, by name.

    Names are those DuckDB understands, in any case and with its aliases: `text` is `VARCHAR`.
    """

    DremioDialect = None
    """Asked for by `hasattr`: Dremio spells REGEXP_MATCHES and LIKE as DuckDB does."""

    def __getattr__(self, name: str) -> type:
        try:
            full = str(duckdb.sqltype(name))
        except duckdb.Error:
            raise AttributeError(name) from None
        return type_class(full if "(" in name else full.partition("(")[0])


class Columns:
    """The part of SQLAlchemy's inspector that Great Expectations asks: columns and keys."""

    def __init__(self, engine: SqlAlchemyExecutionEngine) -> None:
        self.dialect = engine.dialect
        self._engine = engine

    def get_pk_constraint(self, **_: object) -> dict[str, list[str]]:
        """Return no primary key: a Parquet file has none."""
        return {"constrained_columns": []}

    def get_columns(self, table_name: str, **_: object) -> list[dict[str, Any]]:
        """Return the columns of the view `table_name`, each with its name and type."""
        with self._engine.get_connection() as connection:
            rows = connection.exec_driver_sql(f"DESCRIBE {table_name}").fetchall()
        return [{"name": row[0], "type": type_class(row[1])()} for row in rows]


class DuckDBExecutionEngine(AskedOnce, SqlAlchemyExecutionEngine):
    """Great Expectations' SQL engine, holding its one connection to DuckDB open."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 (the parent's arguments)
        super().__init__(**kwargs)
        self.dialect_module = DuckDBTypes("duckdb")

    @contextmanager
    def get_connection(self) -> Iterator[sa.Connection]:
        """Yield the held connection, and undo its transaction where a statement failed."""
        if self._connection is None:
            self._connection = self.engine.connect()
        try:
            yield self._connection
        except sa.exc.DBAPIError:
            self._connection.rollback()  # DuckDB refuses everything else until then
            raise

    def get_inspector(self) -> Any:  # noqa: ANN401 (a stand-in for SQLAlchemy's inspector)
        """Return what the columns of a view are called and which types they have."""
        return Columns(self)

    def close(self) -> None:
        """Close the held connection and, with it, the database in memory."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        super().close()


EngineClass = type[SqlAlchemyExecutionEngine]  # inside the source `type` is a field


class DuckDBDatasource(SQLDatasource):
    """A source of type `duckdb`; defining it adds `add_duckdb` to every data context."""

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment] # as its own subclasses do

    @property
    def execution_engine_type(self) -> EngineClass:
        """The engine that holds its connection."""
        return DuckDBExecutionEngine

    def get_execution_engine(self) -> SqlAlchemyExecutionEngine:
        """Return one engine for the life of the source, on the source's own database."""
        if self._execution_engine is None:
            self._execution_engine = DuckDBExecutionEngine(
                engine=self.get_engine(), create_temp_table=False
            )
        return self._execution_engine

    def _create_engine(self) -> sa.Engine:
        # one connection for all: each further one to `:memory:` is another, empty database
        return sa.create_engine(str(self.connection_string), poolclass=sa.StaticPool, **self.kwargs)


def open_source(config: dict[str, object]) -> DuckDBDatasource:
    """Return an empty database in memory, in a context that stores nothing."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source: DuckDBDatasource = context.data_sources.add_duckdb(
        name="snapshot",
        connection_string="duckdb:///:memory:",
        kwargs={"connect_args": {"config": config}},
    )
    return source

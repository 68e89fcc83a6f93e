"""A Parquet file as rules see it, in DuckDB. Import this module late: it brings GX."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from audit_pipeline.rules.duckdb_engine import DuckDBDatasource, open_source
from audit_pipeline.rules.gx import Batch
from audit_pipeline.rules.sql_rows import ROWS, SqlRows

_FLOATING = {"FLOAT", "DOUBLE"}
_SETTINGS: dict[str, object] = {
    # with two threads a mean differs in its last digits from run to run; one costs half the speed
    "threads": 1,
    # else it believes what Parquet files tell of a column, NaN left out, and `isnan` is never true
    "disabled_optimizers": "statistics_propagation",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


class ParquetFile(SqlRows):
    """The rows of one Parquet file, and views of them without what is not a number."""

    def __init__(self, source: DuckDBDatasource) -> None:
        super().__init__(source)
        self.columns = {str(row[0]): str(row[1]) for row in self._run(f"DESCRIBE {ROWS}")}
        self.engine = f"duckdb {str(self._run('SELECT version()')[0][0]).removeprefix('v')}"

    def need_unbroken(self) -> None:
        """Do nothing: what is in this process is not dropped."""

    def _is_nan(self, column: str) -> sa.ColumnElement[bool]:
        return sa.func.isnan(sa.column(column))

    def _floats(self, column: str) -> bool:
        return self.columns.get(column) in _FLOATING

    def _add_view(self, name: str, query: str) -> None:
        self._run(f"CREATE VIEW {name} AS {query}")

    def _batch_of(self, view: str) -> Batch:
        with self.executes.get_connection() as connection:
            # the view is tried out in a transaction of its own, and DuckDB cannot nest them
            connection.rollback()
        return super()._batch_of(view)

    def _run(self, statement: str) -> list[tuple[object, ...]]:
        with self.executes.get_connection() as connection:
            result = connection.exec_driver_sql(statement)
            rows = [tuple(row) for row in result] if result.returns_rows else []
            connection.commit()
        return rows


@contextmanager
def open_parquet(path: Path) -> Iterator[ParquetFile]:
    """Open the Parquet file `path` where it lies, in a database in memory.

    From then on the database can reach no other file, no extension and no network, whatever SQL a
    rule holds.

    Raises:
        FileNotFoundError: There is no such file.
        sqlalchemy.exc.DBAPIError: It is not Parquet.
    """
    file = path.resolve(strict=True)
    source = open_source(_SETTINGS)
    engine = source.get_execution_engine()
    literal = str(file).replace("'", "''")
    try:
        with engine.get_connection() as connection:
            for statement in (
                f"CREATE VIEW {ROWS} AS SELECT * FROM read_parquet('{literal}')",
                f"SET allowed_paths = ['{literal}']",
                "SET enable_external_access = false",
                "SET lock_configuration = true",
            ):
                connection.exec_driver_sql(statement)
            connection.commit()
        yield ParquetFile(source)
    finally:
        engine.close()

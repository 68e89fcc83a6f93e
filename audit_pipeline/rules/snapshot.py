"""Opens a Parquet file where it lies and counts which rows each rule is about.

Import this module late: it brings Great Expectations.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from audit_pipeline.rules.engine import DuckDBDatasource, batch_of, open_source
from audit_pipeline.rules.gx import Batch
from audit_pipeline.rules.question import Kind, Question, Scope

_ROWS = "snapshot"
_FLOATING = {"FLOAT", "DOUBLE"}
_SETTINGS: dict[str, object] = {
    # with two threads a mean differs in its last digits from run to run; one costs half the speed
    "threads": 1,
    # else it believes what Parquet files tell of a column, NaN left out, and `isnan` is never true
    "disabled_optimizers": "statistics_propagation",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


class Snapshot:
    """The rows of one Parquet file, and views of them without what is not a number."""

    def __init__(self, source: DuckDBDatasource) -> None:
        self._source = source
        self._engine = source.get_execution_engine()
        self._batches: dict[str, Batch] = {}
        self._views: dict[str, str] = {}
        self.columns = {str(row[0]): str(row[1]) for row in self._run(f"DESCRIBE {_ROWS}")}
        self.version = str(self._run("SELECT version()")[0][0]).removeprefix("v")

    def scopes(self, asked: Iterable[Question]) -> Mapping[int, Scope | str]:
        """Return, by a rule's number, the rows it is about, or why its condition cannot be read.

        Rules without a row condition share one query, whatever their number.
        """
        plain: list[Question] = []
        found: dict[int, Scope | str] = {}
        for one in asked:
            condition = getattr(one.expectation, "row_condition", None)
            if condition is None:
                plain.append(one)
                continue
            try:
                clause = self._engine.condition_to_filter_clause(condition)
                found |= self._counted([one], clause)
            except Exception as error:  # noqa: BLE001 (one rule's crash stops no other)
                found[one.number] = str(error)
        return found | self._counted(plain, sa.true())

    def _counted(
        self, asked: Iterable[Question], condition: sa.ColumnElement[bool]
    ) -> dict[int, Scope]:
        sets = {one.columns for one in asked} | {()}
        counts = [sa.func.count().filter(c) for columns in sets for c in self._tests(columns)]
        table = sa.table(_ROWS)
        total = sa.select(sa.func.count()).select_from(table).scalar_subquery()
        query = sa.select(total, sa.func.count(), *counts).select_from(table).where(condition)
        with self._engine.get_connection() as connection:
            in_file, rows, *numbers = connection.execute(query).one()
        threes = zip(*[iter(numbers)] * 3, strict=True)
        found = {
            columns: Scope(total=in_file, rows=rows, nulls=nulls, blank=blank, nans=nans)
            for columns, (nulls, blank, nans) in zip(sets, threes, strict=True)
        }
        return {one.number: found[one.columns] for one in asked}

    def _tests(self, columns: tuple[str, ...]) -> tuple[sa.ColumnElement[bool], ...]:
        nulls = [sa.column(c).is_(None) for c in columns]
        tests = (sa.func.isnan(sa.column(c)) for c in self._floating(columns))
        nan = sa.or_(sa.false(), *(sa.func.coalesce(test, False) for test in tests))
        return (
            sa.and_(sa.or_(sa.false(), *nulls), sa.not_(nan)),
            sa.and_(*nulls) if nulls else sa.false(),
            nan,
        )

    def _floating(self, columns: Iterable[str]) -> list[str]:
        return [c for c in columns if self.columns.get(c) in _FLOATING]

    def view(self, asked: Question, scope: Scope) -> str:
        """Return the name of the rows to ask: all of them, unless a NaN stands among them.

        DuckDB sorts NaN above every number, so that it passes `at least 0`, and calls it not null.
        A rule about nulls sees it as one; for every other rule such rows are set apart here and
        counted as broken afterwards.
        """
        if not scope.nans or asked.kind is Kind.SCHEMA:
            return _ROWS
        return self._view_without_nan(asked)

    def batch(self, view: str) -> Batch:
        """Return the rows of a view, as Great Expectations wants them."""
        if view not in self._batches:
            self._batches[view] = batch_of(self._source, view)
        return self._batches[view]

    def _view_without_nan(self, asked: Question) -> str:
        columns = [self._quoted(c) for c in self._floating(asked.columns)]
        if asked.kind is Kind.NULLS:
            swaps = ", ".join(f"CASE WHEN NOT isnan({c}) THEN {c} END AS {c}" for c in columns)
            query = f"SELECT * REPLACE ({swaps}) FROM {_ROWS}"
        else:
            tests = " OR ".join(f"coalesce(isnan({c}), false)" for c in columns)
            query = f"SELECT * FROM {_ROWS} WHERE NOT ({tests})"
        view = self._views.setdefault(query, f"{_ROWS}_{len(self._views) + 1}")
        self._run(f"CREATE VIEW IF NOT EXISTS {view} AS {query}")
        return view

    def _quoted(self, name: str) -> str:
        return str(self._engine.dialect.identifier_preparer.quote_identifier(name))

    def _run(self, statement: str) -> list[tuple[object, ...]]:
        with self._engine.get_connection() as connection:
            result = connection.exec_driver_sql(statement)
            rows = [tuple(row) for row in result] if result.returns_rows else []
            connection.commit()
        return rows


@contextmanager
def open_snapshot(path: Path) -> Iterator[Snapshot]:
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
                f"CREATE VIEW {_ROWS} AS SELECT * FROM read_parquet('{literal}')",
                f"SET allowed_paths = ['{literal}']",
                "SET enable_external_access = false",
                "SET lock_configuration = true",
            ):
                connection.exec_driver_sql(statement)
            connection.commit()
        yield Snapshot(source)
    finally:
        engine.close()

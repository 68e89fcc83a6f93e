"""The rows of a snapshot as a table of a SQL engine. Import this module late: it brings GX."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from audit_pipeline.rules.gx import Batch, SqlAlchemyExecutionEngine, SQLDatasource
from audit_pipeline.rules.question import Kind, Question, Scope
from audit_pipeline.rules.rows import plain_first

ROWS = "snapshot"
"""The name of all rows; a plain word in lower case, since it is not always quoted."""


class SqlRows(ABC):
    """The rows under a name, and under further names without what is not a number."""

    columns: Mapping[str, str]
    engine: str

    def __init__(self, source: SQLDatasource) -> None:
        self._source = source
        self.executes: SqlAlchemyExecutionEngine = source.get_execution_engine()
        self._batches: dict[str, Batch] = {}
        self._views: dict[str, str] = {}

    @abstractmethod
    def _is_nan(self, column: str) -> sa.ColumnElement[bool]:
        """Return whether a value of a floating column is NaN; null of a null."""

    @abstractmethod
    def _floats(self, column: str) -> bool:
        """Return whether a column can hold NaN."""

    @abstractmethod
    def _add_view(self, name: str, query: str) -> None:
        """Give what `query` selects a name."""

    def scopes(self, asked: Sequence[Question]) -> Mapping[int, Scope | str]:
        """Return, by a rule's number, the rows it is about, or why its condition cannot be read.

        Rules without a row condition share one query, whatever their number.
        """
        plain, narrowed = plain_first(asked)
        found: dict[int, Scope | str] = {}
        for one in narrowed:
            try:
                clause = self.executes.condition_to_filter_clause(one.expectation.row_condition)
                found |= self._counted([one], clause)
            except Exception as error:  # noqa: BLE001 (one rule's crash stops no other)
                found[one.number] = str(error)
        return found | self._counted(plain, sa.true())

    def _counted(
        self, asked: Iterable[Question], condition: sa.ColumnElement[bool]
    ) -> dict[int, Scope]:
        sets = list({one.columns: None for one in asked} | {(): None})
        counts = [sa.func.count().filter(c) for columns in sets for c in self._tests(columns)]
        table = sa.table(ROWS)
        total = sa.select(sa.func.count()).select_from(table).scalar_subquery()
        query = sa.select(total, sa.func.count(), *counts).select_from(table).where(condition)
        with self.executes.get_connection() as connection:
            in_file, rows, *numbers = connection.execute(query).one()
        threes = zip(*[iter(numbers)] * 3, strict=True)
        found = {
            columns: Scope(total=in_file, rows=rows, nulls=nulls, blank=blank, nans=nans)
            for columns, (nulls, blank, nans) in zip(sets, threes, strict=True)
        }
        return {one.number: found[one.columns] for one in asked}

    def _tests(self, columns: tuple[str, ...]) -> tuple[sa.ColumnElement[bool], ...]:
        nulls = [sa.column(c).is_(None) for c in columns]
        nan = self._any_nan(columns)
        return (
            sa.and_(sa.or_(sa.false(), *nulls), sa.not_(nan)),
            sa.and_(*nulls) if nulls else sa.false(),
            nan,
        )

    def _any_nan(self, columns: Iterable[str]) -> sa.ColumnElement[bool]:
        tests = (self._is_nan(c) for c in columns if self._floats(c))
        return sa.or_(sa.false(), *(sa.func.coalesce(test, sa.false()) for test in tests))

    def view(self, asked: Question, scope: Scope) -> str:
        """Return the name of the rows to ask: all of them, unless a NaN stands among them.

        SQL engines sort NaN above every number, so that it passes `at least 0`, and call it not
        null. A rule about nulls sees it as one; for every other rule such rows are set apart here
        and counted as broken afterwards.
        """
        if not scope.nans or asked.kind is Kind.SCHEMA:
            return ROWS
        query = self._without_nan(asked)
        if query not in self._views:
            name = f"{ROWS}_{len(self._views) + 1}"
            self._add_view(name, query)
            self._views[query] = name
        return self._views[query]

    def _without_nan(self, asked: Question) -> str:
        table = sa.table(ROWS)
        if asked.kind is Kind.NULLS:
            swapped = {c for c in asked.columns if self._floats(c)}
            columns = [self._numbers(c) if c in swapped else sa.column(c) for c in self.columns]
            query = sa.select(*columns).select_from(table)
        else:
            test = sa.not_(self._any_nan(asked.columns))
            query = sa.select(sa.text("*")).select_from(table).where(test)
        return str(
            query.compile(dialect=self.executes.dialect, compile_kwargs={"literal_binds": True})
        )

    def _numbers(self, column: str) -> sa.Label[object]:
        value: sa.ColumnClause[object] = sa.column(column)
        return sa.case((sa.not_(self._is_nan(column)), value)).label(column)

    def batch(self, view: str) -> Batch:
        """Return the rows of a view, as Great Expectations wants them."""
        if view not in self._batches:
            self._batches[view] = self._batch_of(view)
        return self._batches[view]

    def _batch_of(self, view: str) -> Batch:
        asset = self._source.add_table_asset(view, table_name=view)
        return asset.add_batch_definition_whole_table(view).get_batch()

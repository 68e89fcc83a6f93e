"""The rows of a DataFrame as rules see them. Import this module late: it brings GX and Spark."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from audit_pipeline.engines.base import EngineError
from audit_pipeline.rules.gx import Batch
from audit_pipeline.rules.question import Kind, Question, Scope
from audit_pipeline.rules.rows import plain_first
from audit_pipeline.rules.spark_engine import batch_of, open_source

DataFrame = Any  # of pyspark, which ships no types that fit both kinds of session
Column = Any

_ROWS = "snapshot"
_FLOATING = {"float", "double"}
_VIEW = "tmp_view"
"""What Great Expectations calls the rows for SQL of the user's own, and leaves behind."""
_IN_ORDER = {
    "expect_column_mean_to_be_between",
    "expect_column_stdev_to_be_between",
    "expect_column_sum_to_be_between",
}
"""Their last digits depend on the order of the rows. Partitions end in any order, so that these are
read by one task: else two audits of the same rows would differ."""

_OF_TWO = "expect_select_column_values_to_be_unique_within_record"
"""A row with one null can break it by its other columns; to Spark two nulls are equal values."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """What is set apart of the rows before a rule is asked; by default nothing."""

    numbers: tuple[str, ...] = ()
    """Columns whose NaN becomes null."""
    no_nan: tuple[str, ...] = ()
    """Columns of which none is NaN."""
    few_nulls: tuple[tuple[str, ...], int] = ((), 1)
    """Columns of which fewer than so many are null."""
    in_order: bool = False


class SparkFrame:
    """The rows of one DataFrame, and filters of them without what is not a number."""

    def __init__(self, rows: DataFrame) -> None:
        self._source = open_source(rows.sparkSession)
        self._frames: dict[_Cut, tuple[str, DataFrame]] = {_Cut(): (_ROWS, rows)}
        self._batches: dict[str, Batch] = {}
        self.columns: Mapping[str, str] = dict(rows.dtypes)
        self.engine = f"pyspark {rows.sparkSession.version}"
        self.executes = self._source.get_execution_engine()

    @property
    def _rows(self) -> DataFrame:
        return self._frames[_Cut()][1]

    def need_unbroken(self) -> None:
        """Do nothing: Spark itself does again what an executor that ended has not finished."""

    def scopes(self, asked: Sequence[Question]) -> Mapping[int, Scope | str]:
        """Return, by a rule's number, the rows it is about, or why its condition cannot be read.

        Rules without a row condition share one query, whatever their number.
        """
        plain, narrowed = plain_first(asked)
        total, counted = self._counted(plain, self._rows, None)
        found: dict[int, Scope | str] = dict(counted)
        for one in narrowed:
            try:
                clause = self.executes.condition_to_filter_clause(one.expectation.row_condition)
                found |= self._counted([one], self._rows.filter(clause), total)[1]
            except Exception as error:  # noqa: BLE001 (one rule's crash stops no other)
                found[one.number] = str(error)
        return found

    def _counted(
        self, asked: Iterable[Question], rows: DataFrame, total: int | None
    ) -> tuple[int, dict[int, Scope]]:
        from pyspark.sql import functions as f  # noqa: PLC0415 (only who asks Spark pays)

        sets = list({one.columns: None for one in asked} | {(): None})
        tests = [test for columns in sets for test in self._tests(columns)]
        counts = [f.count(f.when(test, 1)) for test in tests]
        there, *numbers = rows.agg(f.count(f.lit(1)), *counts).collect()[0]
        total = there if total is None else total
        threes = zip(*[iter(numbers)] * 3, strict=True)
        found = {
            columns: Scope(total=total, rows=there, nulls=nulls, blank=blank, nans=nans)
            for columns, (nulls, blank, nans) in zip(sets, threes, strict=True)
        }
        return total, {one.number: found[one.columns] for one in asked}

    def _tests(self, columns: tuple[str, ...]) -> tuple[Column, ...]:
        from pyspark.sql import functions as f  # noqa: PLC0415

        never, nan = f.lit(False), self._any_nan(columns)  # noqa: FBT003 (a value)
        some, every = never, f.lit(bool(columns))
        for column in columns:
            some, every = some | _col(column).isNull(), every & _col(column).isNull()
        return some & ~nan, every, nan

    def _any_nan(self, columns: Iterable[str]) -> Column:
        from pyspark.sql import functions as f  # noqa: PLC0415

        found = f.lit(False)  # noqa: FBT003 (a value)
        for column in self._floating(columns):
            found |= f.isnan(_col(column))  # false of a null
        return found

    def _floating(self, columns: Iterable[str]) -> list[str]:
        return [c for c in columns if self.columns.get(c) in _FLOATING]

    def view(self, asked: Question, scope: Scope) -> str:
        """Return the name of the rows to ask: all of them, unless a NaN stands among them.

        Spark sorts NaN above every number, so that it passes `at least 0`, and calls it not null.
        A rule about nulls sees it as one; for every other rule such rows are set apart here and
        counted as broken afterwards.
        """
        cut = self._cut(asked, scope)
        if cut not in self._frames:
            self._frames[cut] = f"{_ROWS}_{len(self._frames)}", self._apart(cut)
        return self._frames[cut][0]

    def _cut(self, asked: Question, scope: Scope) -> _Cut:
        floating = tuple(self._floating(asked.columns))
        nan = scope.nans > 0 and asked.kind is not Kind.SCHEMA
        null = scope.nulls > 0 and asked.kind is Kind.ROWS and len(asked.columns) > 1
        some = 2 if asked.rule.expect == _OF_TWO else 1
        return _Cut(
            numbers=floating if nan and asked.kind is Kind.NULLS else (),
            no_nan=floating if nan and asked.kind is not Kind.NULLS else (),
            few_nulls=(asked.columns, some) if null and not asked.compares_nulls else ((), 1),
            in_order=bool(floating) and asked.rule.expect in _IN_ORDER,
        )

    def _apart(self, cut: _Cut) -> DataFrame:
        rows = self._rows
        if cut.numbers:
            rows = self._with_nulls(cut.numbers)
        if cut.no_nan:
            rows = rows.filter(~self._any_nan(cut.no_nan))
        columns, some = cut.few_nulls
        if columns:
            rows = rows.filter(_nulls(columns) < some)
        return rows.coalesce(1) if cut.in_order else rows

    def _with_nulls(self, floating: Sequence[str]) -> DataFrame:
        from pyspark.sql import functions as f  # noqa: PLC0415

        numbers = {c: f.when(~f.isnan(_col(c)), _col(c)).alias(c) for c in floating}
        return self._rows.select([numbers.get(c, _col(c)) for c in self.columns])

    def batch(self, view: str) -> Batch:
        """Return the rows of a view, as Great Expectations wants them."""
        if view not in self._batches:
            (rows,) = (frame for name, frame in self._frames.values() if name == view)
            self._batches[view] = batch_of(self._source, view, rows)
        return self._batches[view]


def _col(name: str) -> Column:
    from pyspark.sql import functions as f  # noqa: PLC0415

    return f.col("`" + name.replace("`", "``") + "`")


def _nulls(columns: Iterable[str]) -> Column:
    """Return how many of the columns are null in a row."""
    from pyspark.sql import functions as f  # noqa: PLC0415

    return sum((_col(column).isNull().cast("int") for column in columns), f.lit(0))


@contextmanager
def open_spark(rows: DataFrame) -> Iterator[SparkFrame]:
    """Open the rows of a DataFrame on its own session, which stays open.

    Raises:
        EngineError: Spark refused to read them.
    """
    from pyspark.errors import PySparkException  # noqa: PLC0415 (only who asks Spark pays)

    try:
        yield SparkFrame(rows)
    except PySparkException as error:
        raise EngineError(
            f"the rows cannot be read in Spark: {error.getCondition() or type(error).__name__};"
            " see the driver's log"
        ) from None
    finally:
        with suppress(PySparkException):  # a session that has ended has no view either
            rows.sparkSession.catalog.dropTempView(_VIEW)

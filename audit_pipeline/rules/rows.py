"""What rules need of the engine that holds the rows. Import this module late, by way of gx."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from audit_pipeline.rules.gx import Batch, ExecutionEngine
from audit_pipeline.rules.question import Question, Scope
from audit_pipeline.rules.target import ParquetRows, PostgresRows, Target

# ruff: noqa: PLC0415 (an engine is imported when it is used)


class Rows(Protocol):
    """The rows of a snapshot on their engine."""

    @property
    def columns(self) -> Mapping[str, str]:
        """The columns in their order, each with its type as the engine names it."""

    @property
    def engine(self) -> str:
        """Engine and version, such as `duckdb 2.0.0`."""

    @property
    def executes(self) -> ExecutionEngine[Any]:
        """What Great Expectations asks by."""

    def scopes(self, asked: Sequence[Question]) -> Mapping[int, Scope | str]:
        """Return, by a rule's number, the rows it is about, or why its condition cannot be read."""

    def view(self, asked: Question, scope: Scope) -> str:
        """Return the name of the rows to ask: all of them, unless a NaN stands among them."""

    def batch(self, view: str) -> Batch:
        """Return the rows of a view, as Great Expectations wants them."""

    def need_unbroken(self) -> None:
        """Do nothing while the rows can be asked.

        Raises:
            DroppedError: The connection to the engine ended: no answer counts.
        """


def open_rows(target: Target) -> AbstractContextManager[Rows]:
    """Open the rows on their engine.

    Raises:
        EngineError: The engine cannot be used, or its rows are no longer those that are meant.
        DroppedError: The connection to it ended.
        FileNotFoundError: There is no such file.
    """
    if isinstance(target, ParquetRows):
        from audit_pipeline.rules.duckdb_rows import open_parquet

        return open_parquet(target.path)
    if isinstance(target, PostgresRows):
        from audit_pipeline.rules.postgres_rows import open_postgres

        return open_postgres(target)
    from audit_pipeline.rules.spark_rows import open_spark

    return open_spark(target.dataframe)


def plain_first(asked: Iterable[Question]) -> tuple[list[Question], list[Question]]:
    """Return the questions about all rows, and those about rows that meet a condition."""
    plain: list[Question] = []
    narrowed: list[Question] = []
    for one in asked:
        condition = getattr(one.expectation, "row_condition", None)
        (plain if condition is None else narrowed).append(one)
    return plain, narrowed

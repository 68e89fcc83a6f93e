"""Where the rows are that rules are asked of."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

DataFrame = Any  # of Spark, which is not imported here


@dataclass(frozen=True, slots=True, kw_only=True)
class ParquetRows:
    """All rows of one Parquet file; DuckDB reads it where it lies."""

    path: Path
    kind: Literal["parquet"] = "parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One query that tells whether the rows are still those that are meant."""

    query: str = field(repr=False)
    """One SELECT of one row, such as of a count and a digest."""
    values: tuple[str, ...]
    """What it has to give, each value as PostgreSQL writes it as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresRows:
    """What one SELECT gives, in a PostgreSQL database; nothing is copied.

    URL and password go to the child process through its pipe, and into no file and no message.
    """

    url: str = field(repr=False)
    """As libpq reads it: `postgresql://reader@db.example.org:5432/loans`."""
    query: str = field(repr=False)
    """One SELECT of the rows, with all columns that rules may name; it may begin with WITH."""
    password: str | None = field(default=None, repr=False)
    """Where it does not stand in the URL."""
    expected: Expected | None = None
    """What has to be true of the rows, asked in the same transaction as the rules."""
    timeout_seconds: float = 600
    """How long the database may work on one statement."""
    tag: str = "audit-pipeline"
    """What the database shows beside the session."""
    kind: Literal["postgres"] = "postgres"


@dataclass(frozen=True, slots=True, kw_only=True)
class SparkRows:
    """The rows of a DataFrame of Spark, asked on its own session; nothing is copied."""

    dataframe: DataFrame = field(repr=False)


Target = ParquetRows | PostgresRows | SparkRows


def target_of(rows: Target | Path) -> Target:
    """Return where the rows are; a bare path is one of a Parquet file."""
    return ParquetRows(path=rows) if isinstance(rows, Path) else rows

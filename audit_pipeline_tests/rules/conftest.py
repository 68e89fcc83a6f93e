from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.rule import Rule
from audit_pipeline.rules.run import run_rules


@pytest.fixture
def parquet(tmp_path: Path) -> Callable[[str], Path]:
    """Write the rows of a SELECT to a Parquet file."""

    def write(select: str) -> Path:
        path = tmp_path / "snapshot.parquet"
        with duckdb.connect() as connection:
            connection.sql(select).write_parquet(str(path))
        return path

    return write


@pytest.fixture
def ask(parquet: Callable[[str], Path]) -> Callable[..., Outcome]:
    """Ask one expectation of the rows of a SELECT."""

    def answer(select: str, expect: str, **kwargs: object) -> Outcome:
        (outcome,) = run_rules(parquet(select), [Rule(name="rule", expect=expect, kwargs=kwargs)])
        return outcome

    return answer

from pathlib import Path

import duckdb
import pytest

from audit_pipeline.domain.rule import Rule
from audit_pipeline.rules.run import run_rules


@pytest.fixture
def hundred_and_one(tmp_path: Path) -> Path:
    path = tmp_path / "rows.parquet"
    with duckdb.connect() as connection:
        connection.sql("SELECT i AS x FROM range(1, 102) t(i)").write_parquet(str(path))
    return path


def test_two_rules_about_quantiles_of_one_column_each_get_their_own(hundred_and_one: Path) -> None:
    """Of 1 to 101 the median is 51 and the 0.9 quantile 91."""

    def quantile(share: float, value: int) -> Rule:
        ranges = {"quantiles": [share], "value_ranges": [[value, value]]}
        return Rule(
            name=f"q{value}",
            expect="expect_column_quantile_values_to_be_between",
            kwargs={"column": "x", "quantile_ranges": ranges},
        )

    outcomes = run_rules(hundred_and_one, [quantile(0.5, 51), quantile(0.9, 91), quantile(0.9, 51)])

    assert [outcome.verdict for outcome in outcomes] == ["pass", "pass", "fail"]

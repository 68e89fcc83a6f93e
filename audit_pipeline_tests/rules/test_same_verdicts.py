"""The same rows and rules on DuckDB, PostgreSQL and Spark: the same verdicts, the same counts."""

import math
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.rule import Rule
from audit_pipeline.rules.run import run_rules
from audit_pipeline.rules.target import Target
from audit_pipeline_tests.rules.engines import in_parquet, in_postgres, in_spark

NAN = math.nan
ROWS = pa.table(
    {
        "id": pa.array([1, 2, 3, 4, 5, 5]),
        "x": pa.array([1.0, 2.0, NAN, None, 9.0, 3.5]),
        "y": pa.array([0.5, 3.0, 1.0, 2.0, None, NAN]),
        "n": pa.array([17, 20, 40, 90, 120, None]),
        "name": pa.array(["Ann", "Bob", "Jane Doe", "", None, "Bob"]),
        "none": pa.array([None] * 6, pa.float64()),
        "day": pa.array([date(2024, 1, day) for day in range(1, 7)]),
        "pay": pa.array(
            [*map(Decimal, ("1.50", "2.25", "0.10")), None, Decimal("10.00"), Decimal("3.33")],
            pa.decimal128(10, 2),
        ),
        "flag": pa.array([True, False, True, None, True, True]),
        "100% it's a:b": pa.array([1.0, 2.0, NAN, 4.0, 5.0, 6.0]),
    }
)
UNJUDGED = "gap", None, None
ADULT = {"column": "n", "min_value": 18, "max_value": 100}
"""One is 17, one 120."""
TABLE: list[tuple[str, dict[str, Any], tuple[str, float | None, int | None]]] = [
    ("column_values_to_be_between", ADULT, ("fail", 2 / 5, 5)),
    ("column_values_to_be_between", {"column": "x", "min_value": 0}, ("fail", 1 / 5, 5)),
    (
        "column_values_to_be_between",
        {"column": "100% it's a:b", "min_value": 2},
        ("fail", 2 / 6, 6),
    ),
    (
        "column_values_to_be_between",
        ADULT | {"row_condition": 'col("id") < 3'},
        ("fail", 1 / 2, 2),
    ),
    ("column_values_to_be_between", ADULT | {"row_condition": 'col("sex") == 1'}, UNJUDGED),
    ("column_values_to_be_between", {"column": "name", "min_value": 0}, UNJUDGED),
    ("column_values_to_not_be_null", {"column": "x"}, ("fail", 2 / 6, 6)),
    (
        "column_proportion_of_non_null_values_to_be_between",
        {"column": "x", "min_value": 0.7},
        ("fail", 4 / 6, 6),
    ),
    ("column_values_to_be_unique", {"column": "id"}, ("fail", 2 / 6, 6)),
    (
        "column_values_to_be_in_set",
        {"column": "name", "value_set": ["Ann", "Bob"]},
        ("fail", 2 / 5, 5),
    ),
    (
        "column_pair_values_a_to_be_greater_than_b",
        {"column_A": "x", "column_B": "y"},
        ("fail", 3 / 4, 4),
    ),
    ("column_pair_values_to_be_equal", {"column_A": "x", "column_B": "y"}, ("fail", 1.0, 6)),
    (
        "multicolumn_sum_to_equal",
        {"column_list": ["x", "y"], "sum_total": 5.0},
        ("fail", 3 / 4, 4),
    ),
    ("compound_columns_to_be_unique", {"column_list": ["id", "flag"]}, ("fail", 2 / 5, 5)),
    (
        "select_column_values_to_be_unique_within_record",
        {"column_list": ["id", "n"]},
        ("pass", 0.0, 5),
    ),
    ("column_mean_to_be_between", {"column": "n", "max_value": 50}, ("fail", 57.4, 5)),
    ("column_mean_to_be_between", {"column": "x", "min_value": 0}, ("fail", 15.5 / 4, 4)),
    # the squares of what they differ from 57.4 by sum to 8,315.2; a quarter of it is 2,078.8
    (
        "column_stdev_to_be_between",
        {"column": "n", "max_value": 50},
        ("pass", math.sqrt(2078.8), 5),
    ),
    ("column_sum_to_be_between", {"column": "pay", "max_value": 17}, ("fail", 17.18, 5)),
    ("column_max_to_be_between", {"column": "n", "max_value": 100}, ("fail", 120.0, 5)),
    (
        "column_quantile_values_to_be_between",
        {"column": "n", "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[40, 40]]}},
        ("pass", 0.0, 5),
    ),
    ("table_row_count_to_be_between", {"max_value": 5}, ("fail", 6.0, 6)),
    ("column_to_exist", {"column": "xx"}, ("fail", 1.0, 6)),
]
MORE: list[tuple[str, dict[str, Any], tuple[str, float | None, int | None]]] = [
    ("column_values_to_be_between", ADULT | {"mostly": 0.6}, ("pass", 2 / 5, 5)),
    ("column_values_to_be_between", {"column": "pay", "min_value": 1}, ("fail", 1 / 5, 5)),
    (
        "column_values_to_be_between",
        {"column": "day", "min_value": date(2024, 1, 3)},
        ("fail", 2 / 6, 6),
    ),
    ("column_values_to_be_between", ADULT | {"row_condition": 'col("id") > 99'}, UNJUDGED),
    ("column_values_to_be_between", {"column": "none", "min_value": 0}, UNJUDGED),
    ("column_values_to_be_between", {"column": "N", "min_value": 0}, UNJUDGED),
    ("column_values_to_not_be_null", {"column": "id"}, ("pass", 0.0, 6)),
    ("column_values_to_be_in_set", {"column": "flag", "value_set": [True]}, ("fail", 1 / 5, 5)),
    (
        "column_values_to_match_regex",
        {"column": "name", "regex": "^[A-Z][a-z]+$"},
        ("fail", 2 / 5, 5),
    ),
    (
        "column_value_lengths_to_be_between",
        {"column": "name", "min_value": 1, "max_value": 4},
        ("fail", 2 / 5, 5),
    ),
    ("column_median_to_be_between", {"column": "n", "min_value": 40}, ("pass", 40.0, 5)),
    (
        "column_distinct_values_to_be_in_set",
        {"column": "name", "value_set": ["Ann"]},
        ("fail", 1.0, 5),
    ),
    ("table_column_count_to_equal", {"value": 10}, ("pass", 10.0, 6)),
]
"""Not on Spark, where each takes a second: the same paths are taken by others."""
SQL = "unexpected_rows_expectation"
FEW = [
    *(Rule(name=f"{n} {e}", expect=f"expect_{e}", kwargs=k) for n, (e, k, _) in enumerate(TABLE)),
    Rule(
        name="sql",
        expect=SQL,
        kwargs={"unexpected_rows_query": "SELECT * FROM {batch} WHERE n > 30"},
    ),
    Rule(
        name="cast",
        expect=SQL,
        kwargs={"unexpected_rows_query": "SELECT * FROM {batch} WHERE CAST(name AS INTEGER) > 3"},
    ),
]
RULES = [*FEW, *(Rule(name=e, expect=f"expect_{e}", kwargs=k) for e, k, _ in MORE)]
EXPECTED = [*(t for _, _, t in TABLE), ("fail", 3.0, 6), UNJUDGED, *(t for _, _, t in MORE)]
EMPTY = ["table_row_count_to_be_between", "column_values_to_not_be_null", "column_to_exist"]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession  # noqa: PLC0415 (only who asks Spark pays)

    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    # to compile each small query, in Spark and then in Java, would take longer than all of them
    quick = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    builder = builder.config("spark.driver.extraJavaOptions", quick)
    for name, value in (("wholeStage", "false"), ("factoryMode", "NO_CODEGEN")):
        builder = builder.config(f"spark.sql.codegen.{name}", value)
    session = builder.config("spark.sql.shuffle.partitions", "1").getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


def check(outcomes: list[Outcome], reference: list[Outcome], engine: str) -> None:
    for rule, outcome, expected, other in zip(RULES, outcomes, EXPECTED, reference, strict=False):
        verdict, value, used = expected
        found = outcome.measurement
        assert outcome.verdict.value == verdict, rule
        assert counted(outcome) == counted(other), rule
        if found is not None:
            assert found.value == pytest.approx(value, rel=1e-12), rule
            assert found.coverage.used == used, rule
            assert found.coverage.engine.startswith(engine)
            assert outcome.reason == other.reason, rule
        assert (found is None) is (verdict == "gap"), rule
        assert "Jane" not in outcome.reason


def counted(outcome: Outcome) -> object:
    found = outcome.measurement
    return found and (dict(found.coverage.left_out), {**found.detail, "observed": None})


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    return run_rules(in_parquet(ROWS, tmp_path_factory.mktemp("rows")), RULES)


def test_duckdb_finds_what_was_worked_out_by_hand(reference: list[Outcome]) -> None:
    check(reference, reference, "duckdb 2.")


def test_postgres_finds_the_same(reference: list[Outcome], postgres_url: str) -> None:
    check(run_rules(in_postgres(ROWS, postgres_url), RULES), reference, "postgres 18.")


def test_spark_finds_the_same(reference: list[Outcome], spark: Any, tmp_path: Path) -> None:  # noqa: ANN401
    outcomes = run_rules(in_spark(ROWS, spark, tmp_path), FEW)
    assert len(outcomes) == len(FEW)
    check(outcomes, reference, "pyspark 4.")


def test_no_rows_are_a_gap_on_every_engine(postgres_url: str, spark: Any, tmp_path: Path) -> None:  # noqa: ANN401
    none = ROWS.slice(0, 0)
    kwargs: list[dict[str, Any]] = [{"min_value": 1}, {"column": "x"}, {"column": "x"}]
    rules = [
        Rule(name=e, expect=f"expect_{e}", kwargs=k) for e, k in zip(EMPTY, kwargs, strict=True)
    ]
    targets: list[Target] = [
        in_parquet(none, tmp_path),
        in_postgres(none, postgres_url),
        in_spark(none, spark, tmp_path),
    ]
    for target in targets:
        outcomes = run_rules(target, rules)
        assert [(o.verdict.value, o.reason) for o in outcomes] == [
            ("fail", "it does not hold: the observed value is 0"),
            ("gap", "no rows"),
            ("gap", "no rows"),
        ]

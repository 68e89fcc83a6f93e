"""What Great Expectations passes vacuously, and what becomes of it here."""

import math
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_pipeline.domain.check import Outcome, publishable
from audit_pipeline.domain.measurement import Measurement
from audit_pipeline.domain.rule import Rule
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.rules.run import run_rules

Ask = Callable[..., Outcome]

BETWEEN = "expect_column_values_to_be_between"
MEAN = "expect_column_mean_to_be_between"
NOT_NULL = "expect_column_values_to_not_be_null"
WITH_NAN = "FROM (VALUES (1.0::DOUBLE), (2), ('nan'), (NULL), (9)) t(x)"


def measured(outcome: Outcome) -> Measurement:
    assert outcome.measurement is not None
    return outcome.measurement


def test_no_rows_are_a_gap_for_every_rule_but_those_about_the_row_count(
    parquet: Callable[[str], Path],
) -> None:
    column: dict[str, object] = {"column": "x"}
    rules = [
        Rule(name="range", expect=BETWEEN, kwargs=column | {"min_value": 0}),
        Rule(name="nulls", expect=NOT_NULL, kwargs=column),
        Rule(name="key", expect="expect_column_values_to_be_unique", kwargs=column),
        Rule(name="mean", expect=MEAN, kwargs=column | {"min_value": 0}),
        Rule(name="exists", expect="expect_column_to_exist", kwargs=column),
        Rule(name="some", expect="expect_table_row_count_to_be_between", kwargs={"min_value": 1}),
        Rule(name="none", expect="expect_table_row_count_to_equal", kwargs={"value": 0}),
    ]
    outcomes = run_rules(parquet("SELECT 1.0 AS x WHERE false"), rules)
    assert {(o.verdict, o.reason) for o in outcomes[:5]} == {(Verdict.GAP, "no rows")}
    assert [o.verdict for o in outcomes[5:]] == [Verdict.FAIL, Verdict.PASS]


def test_a_row_condition_that_no_row_meets_is_a_gap(ask: Ask) -> None:
    outcome = ask(WITH_NAN, BETWEEN, column="x", min_value=0, row_condition='col("x") < 0')
    assert (outcome.verdict, outcome.reason) == (Verdict.GAP, "no row meets the row condition")


@pytest.mark.parametrize(
    "expect",
    [BETWEEN, MEAN, "expect_column_values_to_be_unique", "expect_column_max_to_be_between"],
)
def test_an_all_null_column_is_a_gap(ask: Ask, expect: str) -> None:
    limits = {} if expect.endswith("unique") else {"max_value": 5}
    outcome = ask("SELECT NULL::INTEGER AS x FROM range(1200)", expect, column="x", **limits)
    assert (outcome.verdict, outcome.reason) == (Verdict.GAP, "all 1,200 values are null")


def test_an_all_null_column_fails_the_rule_that_there_be_no_nulls(ask: Ask) -> None:
    outcome = ask("SELECT NULL::INTEGER AS x FROM range(3)", NOT_NULL, column="x")
    assert outcome.verdict is Verdict.FAIL
    assert outcome.reason == "3 of 3 rows (100.0 %) break it"


def test_a_column_of_nothing_but_null_and_nan_is_a_gap(ask: Ask) -> None:
    select = "FROM (VALUES ('nan'::DOUBLE), (NULL)) t(x)"
    for expect in (BETWEEN, MEAN):
        outcome = ask(select, expect, column="x", min_value=0)
        assert (outcome.verdict, outcome.reason) == (
            Verdict.GAP,
            "all 2 values are null or NaN",
        )


def test_nulls_are_left_out_and_counted(ask: Ask) -> None:
    outcome = ask("FROM (VALUES (1), (NULL), (7)) t(x)", BETWEEN, column="x", max_value=5)
    assert outcome.reason == "1 of 2 rows (50.0 %) break it"
    assert measured(outcome).coverage.left_out == {"null": 1}
    assert measured(outcome).coverage.used == 2


@pytest.mark.parametrize(
    "limits", [{"min_value": 0}, {"max_value": 10}, {"min_value": 0, "max_value": 10}]
)
def test_nan_is_between_no_bounds(ask: Ask, limits: dict[str, object]) -> None:
    """DuckDB sorts NaN above all numbers: `at least 0` would let it pass."""
    outcome = ask(WITH_NAN, BETWEEN, column="x", **limits)
    assert outcome.verdict is Verdict.FAIL
    assert outcome.reason == "1 of 4 rows (25.0 %) break it, 1 of them with NaN"
    assert measured(outcome).value == 1 / 4
    assert measured(outcome).detail["examples"] == ["nan (1)"]
    assert measured(outcome).coverage.left_out == {"null": 1}


def test_nan_counts_against_mostly(ask: Ask) -> None:
    for mostly, verdict in ((0.75, Verdict.PASS), (0.76, Verdict.FAIL)):
        outcome = ask(WITH_NAN, BETWEEN, column="x", min_value=0, mostly=mostly)
        assert outcome.verdict is verdict
        assert measured(outcome).value == 1 / 4


def test_nan_is_missing_where_nulls_are_counted(ask: Ask) -> None:
    outcome = ask(WITH_NAN, NOT_NULL, column="x")
    assert outcome.reason == "2 of 5 rows (40.0 %) break it"
    share = ask(
        WITH_NAN,
        "expect_column_proportion_of_non_null_values_to_be_between",
        column="x",
        min_value=0.7,
    )
    assert share.verdict is Verdict.FAIL
    assert measured(share).value == 3 / 5


def test_nan_breaks_a_rule_about_a_number_which_is_given_for_the_rest(ask: Ask) -> None:
    outcome = ask(WITH_NAN, MEAN, column="x", min_value=0)
    assert outcome.verdict is Verdict.FAIL
    assert outcome.reason == (
        "1 of 5 rows hold NaN, which no rule about a number allows:"
        " the observed value of the rest is 4"
    )
    assert measured(outcome).value == 4


def test_a_number_that_is_one_rows_is_kept_and_not_told(ask: Ask) -> None:
    outcome = ask(WITH_NAN, "expect_column_min_to_be_between", column="x", min_value=0)
    assert outcome.reason == "1 of 5 rows hold NaN, which no rule about a number allows"
    assert measured(outcome).value == 1
    assert publishable(outcome).measurement is None
    assert measured(outcome).coverage.left_out == {"null": 1, "NaN": 1}


def test_nan_breaks_a_rule_over_several_columns(ask: Ask) -> None:
    select = (
        "FROM (VALUES (5.0::DOUBLE, 4.0::DOUBLE), ('nan', 1), (1, NULL), ('nan', NULL)) t(a, b)"
    )
    outcome = ask(
        select, "expect_column_pair_values_a_to_be_greater_than_b", column_A="a", column_B="b"
    )
    assert outcome.reason == "2 of 3 rows (66.7 %) break it, 2 of them with NaN"
    assert measured(outcome).coverage.left_out == {"null": 1}


def test_nan_under_a_row_condition_is_counted_only_where_it_is_met(ask: Ask) -> None:
    select = "FROM (VALUES (1, 'nan'::DOUBLE), (2, 'nan'), (2, 1)) t(g, x)"
    outcome = ask(select, BETWEEN, column="x", min_value=0, row_condition='col("g") == 2')
    assert outcome.reason == "1 of 2 rows (50.0 %) break it, 1 of them with NaN"


def test_the_type_of_a_column_does_not_mind_nan(ask: Ask) -> None:
    outcome = ask(WITH_NAN, "expect_column_values_to_be_of_type", column="x", type_="DOUBLE")
    assert outcome.verdict is Verdict.PASS


def test_a_rule_that_compares_nulls_judges_them(ask: Ask) -> None:
    select = "FROM (VALUES (1, 1), (1, NULL), (NULL, NULL)) t(a, b)"
    kwargs = {"column_A": "a", "column_B": "b"}
    outcome = ask(select, "expect_column_pair_values_to_be_equal", **kwargs)
    assert outcome.reason == "1 of 2 rows (50.0 %) break it"
    outcome = ask(
        select,
        "expect_column_pair_values_to_be_equal",
        **kwargs,
        ignore_row_if="either_value_is_missing",
    )
    assert outcome.reason == "all 1 rows keep it"
    assert measured(outcome).coverage.left_out == {"null": 2}


def test_columns_that_are_never_filled_together_are_a_gap(ask: Ask) -> None:
    select = "FROM (VALUES (1, NULL), (NULL, 2)) t(a, b)"
    outcome = ask(
        select, "expect_column_pair_values_a_to_be_greater_than_b", column_A="a", column_B="b"
    )
    assert outcome.reason == "none of 2 rows has a value in every column"


def test_an_infinite_aggregate_is_judged_and_is_not_shown_as_a_number(ask: Ask) -> None:
    select = "FROM (VALUES (1.0::DOUBLE), ('inf')) t(x)"
    outcome = ask(select, "expect_column_max_to_be_between", column="x", max_value=5)
    assert outcome.verdict is Verdict.FAIL
    assert measured(outcome).value == 1.0
    assert measured(outcome).detail["value_is"] == "1 where it is broken, 0 where not"


def test_a_number_that_one_row_cannot_have_is_a_gap(ask: Ask) -> None:
    outcome = ask("SELECT 1 AS x", "expect_column_stdev_to_be_between", column="x", max_value=5)
    assert outcome.verdict is Verdict.GAP
    assert outcome.reason == "it has no value here: too few rows, or infinite ones"


def test_nan_is_seen_in_a_file_that_tells_the_least_and_greatest_number_without_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "rows.parquet"  # as pandas writes it, and we where a model scores the rows
    pq.write_table(pa.table({"x": [math.nan] * 10 + [float(n) for n in range(100)]}), path)
    rule = Rule(name="nulls", expect=NOT_NULL, kwargs={"column": "x"})
    (outcome,) = run_rules(path, [rule])
    assert outcome.verdict is Verdict.FAIL
    assert measured(outcome).detail["unexpected_count"] == 10

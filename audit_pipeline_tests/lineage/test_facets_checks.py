from dataclasses import replace

import pytest

from audit_pipeline.domain.check import Check, gap
from audit_pipeline.domain.limit import Against, Limit, Worse
from audit_pipeline.domain.measurement import ONE_ROWS_VALUE, Json
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.lineage.facets.checks import (
    assertion_of,
    execution_of,
    severity_of,
    words_of,
)
from audit_pipeline_tests.lineage.samples import BETWEEN, moved, ruled

COLUMNS = {"income": "float64"}


def test_a_check_of_a_column_is_an_assertion_about_it() -> None:
    said = assertion_of(moved("income", 0.31, Verdict.FAIL), COLUMNS)

    assert said.assertion == "population_stability_index"
    assert said.name == "population_stability_index(income)"
    assert said.column == "income"
    assert said.success is False
    assert said.severity == "error"
    assert said.expected == "at most 0.1; a failure above 0.25"
    assert said.actual == "0.31"
    assert said.description is None  # the name says as much
    assert said.params == {
        "asset": "drift",
        "subject": "income",
        "verdict": "fail",
        "reason": "the value 0.31 is what it is",
        "required": True,
    }


def test_a_check_of_what_is_no_column_of_the_table_names_none() -> None:
    assert assertion_of(moved("sex by age", 0.31, Verdict.FAIL), COLUMNS).column is None


@pytest.mark.parametrize(
    ("verdict", "success", "status", "severity"),
    [
        (Verdict.PASS, True, "pass", "error"),
        (Verdict.WARN, False, "fail", "warn"),
        (Verdict.FAIL, False, "fail", "error"),
        (Verdict.INCONCLUSIVE, False, "skip", "warn"),
        (Verdict.GAP, False, "skip", "error"),
    ],
)
def test_nothing_but_a_pass_is_a_success(
    *, verdict: Verdict, success: bool, status: str, severity: str
) -> None:
    outcome = moved("income", 0.3, verdict)

    assertion, execution = assertion_of(outcome, COLUMNS), execution_of(outcome)

    assert (assertion.success, execution.status) == (success, status)
    assert assertion.severity == execution.severity == severity
    assert assertion.params == execution.params
    assert execution.params is not None
    assert execution.params["verdict"] == verdict.value


def test_a_check_that_nobody_requires_or_that_can_only_warn_is_no_error() -> None:
    passed = moved("income", 0.01, Verdict.PASS)

    assert severity_of(passed) == "error"
    assert severity_of(replace(passed, required=False)) == "warn"
    assert severity_of(replace(passed, limit=Limit(warn=0.1, fail=None))) == "warn"


def test_a_gap_tells_why_and_no_number() -> None:
    said = assertion_of(gap(Check(asset="drift", name="psi", subject="income"), "no rows"), COLUMNS)

    assert (said.success, said.expected, said.actual) == (False, None, None)
    assert said.params is not None
    assert said.params["reason"] == "no rows"


def test_a_rule_tells_what_it_expects() -> None:
    said = assertion_of(ruled("plausible", 0.004, BETWEEN), COLUMNS)

    assert said.expected == "expect column values to be between: min_value 0, max_value 500"
    assert said.actual == "0.004"


def test_a_rule_without_bounds_tells_its_name_alone() -> None:
    detail: dict[str, Json] = {
        "expectation": "expect_column_values_to_not_be_null",
        "kwargs": {"column": "income"},
    }

    said = execution_of(ruled("income_is_there", 0.0, detail)).expected

    assert said == "expect column values to not be null"


def test_values_that_a_rule_names_are_not_told() -> None:
    kwargs: dict[str, Json] = {"value_set": list(range(10_000)), "regex": "^Smith", "mostly": 0.9}
    rule = ruled("in_set", 0.0, {"expectation": "expect_in_set", "kwargs": kwargs})

    said = execution_of(rule).expected

    asked = "value_set (10000 values), regex (see the audit file), mostly 0.9"
    assert said == f"expect in set: {asked}"


def test_a_rule_of_a_thousand_columns_is_cut() -> None:
    kwargs: dict[str, Json] = {"column_list": [f"column {n}" for n in range(1000)]}
    rule = ruled("unique", 0.0, {"expectation": "expect_unique", "kwargs": kwargs})

    said = execution_of(rule).expected

    assert said is not None
    assert len(said) == 500


def test_one_rows_value_is_told_neither_as_an_assertion_nor_as_a_test() -> None:
    outcome = ruled("largest_income", 70131.0, {**BETWEEN, "value_is": ONE_ROWS_VALUE})

    assert assertion_of(outcome, COLUMNS).actual is None
    assert execution_of(outcome).actual is None


def test_a_number_that_is_none_is_told_as_such() -> None:
    assert execution_of(moved("sex", float("nan"), Verdict.GAP)).actual == "nan"
    assert execution_of(moved("sex", float("inf"), Verdict.FAIL)).actual == "inf"


def test_a_whole_number_is_told_as_one() -> None:
    assert execution_of(moved("all rows", 1500.0, Verdict.PASS)).actual == "1500"


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (Limit(warn=None, fail=None), ""),
        (Limit(warn=0.1, fail=None), "at most 0.1"),
        (
            Limit(warn=0.8, fail=0.7, worse=Worse.LOWER),
            "at least 0.8; a failure below 0.7",
        ),
        (
            Limit(warn=0.02, fail=0.05, worse=Worse.LOWER, against=Against.CHANGE),
            "worse than the baseline by at most 0.02; a failure above 0.05",
        ),
        (
            Limit(warn=None, fail=0.1, against=Against.RELATIVE_CHANGE),
            "worse than the baseline by at most 0.1 of its number",
        ),
        (Limit(warn=None, fail=1234567.0), "at most 1234567"),
    ],
)
def test_a_limit_is_told_in_words(limit: Limit, words: str) -> None:
    assert words_of(limit) == words

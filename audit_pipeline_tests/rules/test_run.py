from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from audit_pipeline.domain.check import Check, Outcome
from audit_pipeline.domain.measurement import Measurement
from audit_pipeline.domain.rule import Rule
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.rules.run import run_rules

Ask = Callable[..., Outcome]
Parquet = Callable[[str], Path]

AGES = "FROM (VALUES (17), (20), (40), (90), (120)) t(age)"
BETWEEN = "expect_column_values_to_be_between"


def measured(outcome: Outcome) -> Measurement:
    assert outcome.measurement is not None
    return outcome.measurement


def test_a_rule_that_every_row_keeps_passes_with_a_share_of_zero(ask: Ask) -> None:
    outcome = ask(AGES, BETWEEN, column="age", min_value=0, max_value=120)
    assert outcome.verdict is Verdict.PASS
    assert outcome.reason == "all 5 rows keep it"
    assert outcome.check == Check(asset="rule_results", name="rule", subject="age")
    assert measured(outcome).value == 0.0
    assert measured(outcome).coverage.rows == measured(outcome).coverage.used == 5
    assert measured(outcome).coverage.engine.startswith("duckdb ")


def test_a_broken_rule_fails_with_the_share_and_masked_examples(ask: Ask) -> None:
    outcome = ask(AGES, BETWEEN, column="age", min_value=18, max_value=100)
    assert outcome.verdict is Verdict.FAIL
    assert outcome.reason == "2 of 5 rows (40.0 %) break it"
    assert measured(outcome).value == 2 / 5
    assert measured(outcome).detail == {
        "expectation": BETWEEN,
        "kwargs": {"column": "age", "min_value": 18, "max_value": 100},
        "set_by": None,
        "reason": None,
        "value_is": "share of rows that break the rule",
        "unexpected_count": 2,
        "examples": ["a number (2)"],
    }


def test_examples_are_masked_and_counted_by_kind(ask: Ask) -> None:
    names = "FROM (VALUES ('Jane Doe'), ('John Doe'), ('Ann')) t(name)"
    outcome = ask(names, "expect_column_values_to_be_in_set", column="name", value_set=["Bob"])
    assert measured(outcome).detail["examples"] == [
        "text of 3 characters (1)",
        "text of 8 characters (2)",
    ]
    assert "Doe" not in repr(outcome)


def test_a_rule_that_only_asks_for_attention_warns(parquet: Parquet) -> None:
    kwargs = {"column": "age", "max_value": 100}
    rule = Rule(name="old", expect=BETWEEN, kwargs=kwargs, on_failure=Verdict.WARN, required=False)
    (outcome,) = run_rules(parquet(AGES), [rule])
    assert outcome.verdict is Verdict.WARN
    assert not outcome.required


@pytest.mark.parametrize(("mostly", "verdict"), [(0.6, Verdict.PASS), (0.61, Verdict.FAIL)])
def test_mostly_tolerates_a_share_and_the_share_is_still_reported(
    ask: Ask, mostly: float, verdict: Verdict
) -> None:
    outcome = ask(AGES, BETWEEN, column="age", min_value=18, max_value=100, mostly=mostly)
    assert outcome.verdict is verdict
    assert measured(outcome).value == 2 / 5
    assert outcome.reason == f"2 of 5 rows (40.0 %) break it; {100 * (1 - mostly):.4g} % may"


def test_outcomes_come_in_the_order_of_the_rules_and_repeated_rules_each_have_one(
    parquet: Parquet,
) -> None:
    count = "expect_table_row_count_to_equal"
    rules = [
        Rule(
            name="mean",
            expect="expect_column_mean_to_be_between",
            kwargs={"column": "age", "min_value": 0},
        ),
        Rule(name="rows", expect=count, kwargs={"value": 5}),
        Rule(name="no such", expect="expect_nothing"),
        Rule(name="range", expect=BETWEEN, kwargs={"column": "age", "min_value": 0}),
        Rule(name="rows", expect=count, kwargs={"value": 5}),
    ]
    outcomes = run_rules(parquet(AGES), rules)
    assert [outcome.check.name for outcome in outcomes] == [rule.name for rule in rules]
    assert [outcome.verdict.value for outcome in outcomes] == [
        "pass",
        "pass",
        "gap",
        "pass",
        "pass",
    ]


def test_no_rules_are_no_outcomes(parquet: Parquet) -> None:
    assert run_rules(parquet(AGES), []) == []


def test_a_missing_column_is_a_gap_that_names_the_nearest(ask: Ask) -> None:
    outcome = ask("SELECT 1 AS AGEP, 2 AS SEX", BETWEEN, column="AGE", min_value=0)
    assert outcome.verdict is Verdict.GAP
    assert outcome.reason == "column AGE is not in the snapshot; did you mean AGEP?"
    assert outcome.measurement is None


def test_a_column_that_should_exist_and_does_not_is_a_failure(ask: Ask) -> None:
    outcome = ask("SELECT 1 AS AGEP", "expect_column_to_exist", column="AGE")
    assert outcome.verdict is Verdict.FAIL
    assert measured(outcome).value == 1.0


def test_a_wrong_type_is_a_gap_with_the_engines_reason(ask: Ask) -> None:
    outcome = ask("SELECT 'a' AS name", BETWEEN, column="name", min_value=0)
    assert outcome.verdict is Verdict.GAP
    assert outcome.reason == ("Binder Error: Cannot compare values of type VARCHAR and type DOUBLE")


def test_a_value_that_cannot_be_converted_is_not_quoted(ask: Ask) -> None:
    query = "SELECT * FROM {batch} WHERE CAST(name AS INTEGER) > 3"
    outcome = ask(
        "SELECT 'Jane Doe' AS name", "unexpected_rows_expectation", unexpected_rows_query=query
    )
    assert outcome.verdict is Verdict.GAP
    assert outcome.reason.startswith("Conversion Error: ")
    assert "Jane" not in repr(outcome)


def test_an_unknown_expectation_is_a_gap_that_names_the_nearest(ask: Ask) -> None:
    outcome = ask("SELECT 1 AS a", "expect_column_value_to_be_between", column="a")
    assert outcome.verdict is Verdict.GAP
    assert outcome.reason.startswith("'expect_column_value_to_be_between' is no expectation; did")
    assert BETWEEN in outcome.reason


def test_a_misspelt_argument_is_a_gap_that_names_the_nearest(ask: Ask) -> None:
    outcome = ask("SELECT 1 AS a", BETWEEN, column="a", min_valu=0)
    assert outcome.verdict is Verdict.GAP
    assert "it has no argument 'min_valu'; did you mean min_value" in outcome.reason


def test_rules_that_cannot_be_asked_take_no_other_down(parquet: Parquet) -> None:
    bad = [
        Rule(name=f"bad {i}", expect=BETWEEN, kwargs={"column": "name", "min_value": i})
        for i in range(3)
    ]
    good = [
        Rule(name=f"good {i}", expect=BETWEEN, kwargs={"column": "age", "min_value": i})
        for i in range(10)
    ]
    outcomes = run_rules(parquet("SELECT 'a' AS name, 5 AS age"), [*good[:5], *bad, *good[5:]])
    verdicts = {outcome.check.name: outcome.verdict.value for outcome in outcomes}
    assert verdicts == (
        {rule.name: "gap" for rule in bad}
        | {rule.name: "pass" if i <= 5 else "fail" for i, rule in enumerate(good)}
    )


@pytest.mark.parametrize(
    "name", ["hours per week", 'he said "hi"', "größe in €", "a:b", "100%", "select", "it's", "{x}"]
)
def test_any_column_name_works(ask: Ask, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    select = f"FROM (VALUES (1.0::DOUBLE), (5), ('nan'), (NULL)) t({quoted})"
    outcome = ask(select, BETWEEN, column=name, max_value=3)
    assert outcome.reason == "2 of 3 rows (66.7 %) break it, 1 of them with NaN"
    assert outcome.check.subject == name


def test_a_row_condition_narrows_the_rows_and_says_so(ask: Ask) -> None:
    select = "FROM (VALUES (1, 10), (2, NULL), (3, 99), (9, -1)) t(age, hours)"
    wanted = {"column": "hours", "min_value": 0, "max_value": 50}
    outcome = ask(select, BETWEEN, **wanted, row_condition='col("age") < 5')
    assert outcome.reason == "1 of 2 rows (50.0 %) break it"
    assert measured(outcome).coverage.left_out == {"row condition not met": 1, "null": 1}
    assert measured(outcome).coverage.rows == 4
    as_mapping = {
        "type": "comparison",
        "column": {"name": "age"},
        "operator": "<",
        "parameter": 5,
    }
    assert ask(select, BETWEEN, **wanted, row_condition=as_mapping).reason == outcome.reason


def test_a_row_condition_on_a_missing_column_is_a_gap(ask: Ask) -> None:
    outcome = ask(AGES, BETWEEN, column="age", min_value=0, row_condition='col("sex") == 1')
    assert outcome.verdict is Verdict.GAP
    assert 'Referenced column "sex" not found' in outcome.reason


def test_a_pair_of_columns_is_compared_row_by_row(ask: Ask) -> None:
    select = "FROM (VALUES (5, 4), (4, 5), (5, NULL), (NULL, NULL)) t(a, b)"
    outcome = ask(
        select, "expect_column_pair_values_a_to_be_greater_than_b", column_A="a", column_B="b"
    )
    assert outcome.verdict is Verdict.FAIL
    assert outcome.reason == "1 of 2 rows (50.0 %) break it"
    assert measured(outcome).coverage.left_out == {"null": 2}
    assert measured(outcome).detail["examples"] == ["a number, a number (1)"]
    assert outcome.check.subject == "a, b"


def test_a_compound_key_that_repeats_is_counted_in_rows(ask: Ask) -> None:
    select = "FROM (VALUES (1, 'x'), (1, 'x'), (1, 'y'), (2, 'x')) t(id, day)"
    outcome = ask(select, "expect_compound_columns_to_be_unique", column_list=["id", "day"])
    assert outcome.reason == "2 of 4 rows (50.0 %) break it"
    assert measured(outcome).detail["examples"] == ["id: a number, day: text of 1 characters (2)"]


def test_an_aggregate_reports_what_was_observed(ask: Ask) -> None:
    outcome = ask(AGES, "expect_column_mean_to_be_between", column="age", max_value=50)
    assert outcome.verdict is Verdict.FAIL
    assert measured(outcome).value == 57.4  # (17 + 20 + 40 + 90 + 120) / 5
    assert outcome.reason == "it does not hold: the observed value is 57.4"
    assert measured(outcome).detail["value_is"] == "the observed value"


def test_the_row_count_is_judged_and_reported(ask: Ask) -> None:
    outcome = ask(AGES, "expect_table_row_count_to_be_between", min_value=1, max_value=4)
    assert outcome.reason == "it does not hold: the observed value is 5"
    assert outcome.check.subject == "table"


@pytest.mark.parametrize(
    ("expect", "kwargs", "reason"),
    [
        (
            "expect_column_distinct_values_to_be_in_set",
            {"value_set": ["Ann"]},
            "it does not hold; distinct values outside the set: 1",
        ),
        (
            "expect_column_distinct_values_to_equal_set",
            {"value_set": ["Ann", "Bob"]},
            "it does not hold; distinct values outside the set: 1; values of the set not found: 1",
        ),
        (
            "expect_column_most_common_value_to_be_in_set",
            {"value_set": ["Ann"]},
            "it does not hold",
        ),
    ],
)
def test_rules_about_sets_never_show_the_values_found(
    ask: Ask, expect: str, kwargs: dict[str, object], reason: str
) -> None:
    select = "FROM (VALUES ('Ann'), ('Jane Doe'), ('Jane Doe')) t(name)"
    outcome = ask(select, expect, column="name", **kwargs)
    assert (outcome.verdict, outcome.reason) == (Verdict.FAIL, reason)
    assert measured(outcome).value == 1.0
    assert "Jane" not in repr(outcome)


@pytest.mark.parametrize(
    ("type_", "verdict"),
    [("DECIMAL(10,2)", "pass"), ("decimal", "pass"), ("DECIMAL(9,2)", "fail"), ("text", "fail")],
)
def test_a_type_is_named_as_duckdb_names_it(ask: Ask, type_: str, verdict: str) -> None:
    outcome = ask(
        "SELECT 1.5::DECIMAL(10,2) AS pay",
        "expect_column_values_to_be_of_type",
        column="pay",
        type_=type_,
    )
    assert outcome.verdict.value == verdict
    assert measured(outcome).detail["observed"] == "DECIMAL(10,2)"


def test_a_regular_expression_finds_its_pattern_anywhere_in_the_text(ask: Ask) -> None:
    select = "FROM (VALUES ('ab'), ('cab'), ('x')) t(code)"
    outcome = ask(select, "expect_column_values_to_match_regex", column="code", regex="ab$")
    assert outcome.reason == "1 of 3 rows (33.3 %) break it"


def test_dates_in_the_arguments_are_shown_as_text(ask: Ask) -> None:
    outcome = ask(
        "SELECT DATE '2020-02-01' AS day", BETWEEN, column="day", min_value=date(2020, 1, 1)
    )
    assert outcome.verdict is Verdict.PASS
    assert measured(outcome).detail["kwargs"] == {"column": "day", "min_value": "2020-01-01"}


def test_the_same_snapshot_gives_the_same_numbers(parquet: Parquet) -> None:
    path = parquet("SELECT sin(range) AS x FROM range(2000000)")
    rules = [
        Rule(name=name, expect=f"expect_column_{name}_to_be_between", kwargs={"column": "x"})
        for name in ("mean", "stdev", "sum")
    ]
    assert len({repr(run_rules(path, rules)) for _ in range(3)}) == 1


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run_rules(tmp_path / "nothing.parquet", [])

from audit_pipeline.domain.rule import Rule
from audit_pipeline.rules.names import check_rules

BETWEEN = "expect_column_values_to_be_between"


def test_rules_that_can_be_asked_have_no_problems() -> None:
    assert (
        check_rules(
            [
                Rule(
                    name="range",
                    expect=BETWEEN,
                    kwargs={"column": "a", "min_value": 0, "mostly": 0.9},
                ),
                Rule(
                    name="rows",
                    expect="expect_table_row_count_to_be_between",
                    kwargs={"min_value": 1},
                ),
            ]
        )
        == []
    )


def test_an_unknown_expectation_names_the_nearest() -> None:
    (problem,) = check_rules([Rule(name="age", expect="expect_column_to_exists")])
    assert problem.startswith(
        "rule age: 'expect_column_to_exists' is no expectation; did you mean expect_column_to_exist"
    )


def test_an_expectation_like_no_other_names_none() -> None:
    assert check_rules([Rule(name="age", expect="zzz")]) == ["rule age: 'zzz' is no expectation"]


def test_arguments_are_refused_each_with_its_reason() -> None:
    kwargs = {"colum": "a", "mostly": 1.5, "min_value": "low"}
    (problem,) = check_rules([Rule(name="age", expect=BETWEEN, kwargs=kwargs)])
    assert problem.startswith(f"rule age: {BETWEEN}: ")
    assert "it has no argument 'colum'; did you mean column?" in problem
    assert "the argument 'column' is missing" in problem
    assert "mostly=1.5: " in problem
    assert "min_value='low': " in problem


def test_an_expectation_that_duckdb_cannot_judge_is_found_without_data() -> None:
    rule = Rule(
        name="order", expect="expect_column_values_to_be_increasing", kwargs={"column": "a"}
    )
    (problem,) = check_rules([rule])
    assert problem == (
        "rule order: Great Expectations cannot judge"
        " expect_column_values_to_be_increasing on DuckDB"
    )


def test_sql_that_does_not_read_the_snapshot_is_refused() -> None:
    rule = Rule(
        name="own",
        expect="unexpected_rows_expectation",
        kwargs={"unexpected_rows_query": "SELECT 1"},
    )
    (problem,) = check_rules([rule])
    assert "must read from {batch}" in problem

"""Events leave the house: they hold no value of a row, and no literal of a rule or a query."""

from pathlib import Path

from audit_pipeline_tests.stages.lineage.written import events_of
from audit_pipeline_tests.stages.small import ROWS, audit, changed, people, settings, write_home

ROWS_OF = "expect_column_values_to_"
RULES = [
    {
        "expect": f"{ROWS_OF}be_in_set",
        "kwargs": {"column": "region", "value_set": ["north", "Literal-A"]},
    },
    {"expect": f"{ROWS_OF}not_match_regex", "kwargs": {"column": "id", "regex": "^Literal-B"}},
    {
        "expect": "unexpected_rows_expectation",
        "kwargs": {"unexpected_rows_query": "SELECT * FROM {batch} WHERE region = 'Literal-C'"},
        "name": "nobody_there",
    },
    {
        "expect": f"{ROWS_OF}be_between",
        "kwargs": {
            "column": "income",
            "min_value": 0,
            "row_condition": 'col("region")!="Literal-D"',
            "condition_parser": "great_expectations",
        },
        "name": "earns_there",
    },
    {
        "expect": "expect_column_max_to_be_between",
        "kwargs": {"column": "income", "max_value": 500},
        "name": "highest_income",
    },
]


def test_events_hold_no_value_of_a_row_and_no_literal_of_a_rule(tmp_path: Path) -> None:
    region, income = people()["region"].to_pylist(), people()["income"].to_numpy().copy()
    region[3:83], income[4] = ["Personal-A"] * 80, 31415926.5
    ids = [f"Personal-B{n}" for n in range(ROWS)]
    home = write_home(
        tmp_path,
        settings(rules=RULES),
        current=changed(people(), region=region, income=income, id=ids),
        baseline=changed(people(seed=0), id=[f"b{n}" for n in range(ROWS)]),
    )
    audit(home)

    told = b"\n".join(event.entry.body for event in events_of(home)).decode()

    assert "be in set: value_set (2 values)" in told
    assert "min_value 0" in told
    found = [secret for secret in ("Literal-", "Personal-", "31415926") if secret in told]
    assert found == [], [told[at - 80 : at + 40] for at in map(told.index, found)]

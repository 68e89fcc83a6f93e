"""The audits that are measured through the command line."""

from collections import Counter

from audit_pipeline_tests.benchmarks.whole_audit import rules
from audit_pipeline_tests.benchmarks.wide import wide, wide_rows


def test_the_audit_that_is_measured_has_fifty_rules_of_different_names() -> None:
    listed = list(rules(1000))

    assert len({rule["name"] for rule in listed}) == len(listed) == 50
    assert Counter(rule["expect"] for rule in listed).total() == 50


def test_an_audit_of_many_columns_is_made_and_measured() -> None:
    told = wide(columns=6, rows=200)

    assert told["columns"] == 6
    assert told["seconds"] > told["stages_at_work_seconds"] > 0
    assert {"baseline", "snapshot", "profile", "drift", "report", "evidence"} <= set(told["stages"])
    assert told["peak_mb_of_all_processes"] >= told["peak_mb_of_largest_process"] > 50


def test_every_third_of_many_columns_is_text() -> None:
    made = wide_rows("current", 7, 50)

    assert [str(made.schema.field(f"f0000{i}").type) for i in range(4)] == [
        "string",
        "double",
        "double",
        "string",
    ]

from audit_pipeline.domain.check import gap
from audit_pipeline.domain.limit import Limit
from audit_pipeline.domain.measurement import Json
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.report.sections.rules import write_rules
from audit_pipeline_tests.report.hand_made import numeric, outcome, profile, report, words

BROKEN = outcome(
    asset="rule_results",
    name="citizenship_is_known",
    subject="CIT",
    verdict=Verdict.FAIL,
    reason="2,212 of 69,126 rows (3.2 %) break it",
    value=0.032,
    limit=Limit(warn=None, fail=0.0, set_by="Data steward", reason="the code list"),
    detail={"unexpected_count": 2212, "examples": ["a number (18)"]},
)


def test_a_broken_rule_shows_share_masked_examples_and_who_set_it_and_why() -> None:
    html = words(write_rules(report(BROKEN)))

    assert "Citizenship is known" in html
    assert 'data-name="Broken by">3.2 %<' in html
    assert "for example: a number (18)" in html
    assert "set by Data steward: the code list" in html
    assert "69,126 of 69,126 rows (100 %)" in html


def test_what_a_rule_asks_for_and_its_own_reason_are_shown() -> None:
    detail: dict[str, Json] = {
        "expectation": "expect_column_values_to_be_between",
        "kwargs": {"column": "AGEP", "min_value": 0, "max_value": 120},
        "reason": "Older ages are coding errors.",
    }
    rule = outcome(asset="rule_results", name="age_is_plausible", detail=detail)
    html = write_rules(report(rule))

    assert html is not None
    assert "expect_column_values_to_be_between, min_value: 0, max_value: 120" in html
    assert "Older ages are coding errors." in html


def test_a_rule_that_could_not_be_judged_shows_its_reason() -> None:
    missing = gap(BROKEN.check, "the column CIT is missing")
    html = write_rules(report(missing, outcome(asset="rule_results", name="other")))

    assert html is not None
    assert "the column CIT is missing" in html


def test_the_row_count_is_about_the_whole_window_and_missing_values_about_a_column() -> None:
    checks = [
        outcome(asset="rule_results", name="row_count", subject="all rows", value=69126.0),
        outcome(asset="rule_results", name="missing_share", subject="AGEP", value=0.25),
    ]
    html = words(
        write_rules(
            report(
                *checks,
                metrics={"row_count": "Rows in the window", "missing_share": "Missing values"},
                units={"missing_share": "share of rows"},
                current=profile(numeric("AGEP", [1.0], [100])),
            )
        )
    )

    assert html.index("The window as a whole") < html.index("69,126</td>")
    assert html.index("Column by column") < html.index("25 %")


def test_columns_that_pass_are_folded_behind_those_that_do_not() -> None:
    checks = [
        outcome(asset="rule_results", name="missing_share", subject=name, verdict=verdict)
        for name, verdict in (("A", Verdict.PASS), ("B", Verdict.FAIL))
    ]
    html = write_rules(
        report(
            *checks,
            metrics={"missing_share": "Missing values"},
            current=profile(numeric("A", [1.0], [100]), numeric("B", [1.0], [100])),
        )
    )

    assert html is not None
    assert html.index('scope="row">B') < html.index("<details>") < html.index('scope="row">A')


def test_an_audit_without_rules_has_no_section() -> None:
    assert write_rules(report(outcome(asset="drift"))) is None

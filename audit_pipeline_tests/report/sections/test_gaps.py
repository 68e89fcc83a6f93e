from audit_pipeline.domain.check import gap
from audit_pipeline.domain.record import StageRecord
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.report.sections.gaps import write_gaps
from audit_pipeline_tests.report.hand_made import outcome, report


def test_gaps_and_inconclusive_checks_are_listed_with_their_reasons() -> None:
    html = write_gaps(
        report(
            gap(outcome(subject="MIG").check, "the column MIG is missing"),
            outcome(subject="SEX", verdict=Verdict.INCONCLUSIVE, reason="only 12 rows"),
            outcome(subject="AGEP", verdict=Verdict.FAIL, reason="moved"),
        )
    )

    assert "Checks without an answer (2)" in html
    assert "the column MIG is missing" in html
    assert "only 12 rows" in html
    assert "moved" not in html


def test_checks_with_one_reason_share_one_entry_that_names_each() -> None:
    checks = [gap(outcome(subject=name).check, "no file") for name in ("A", "B")]
    html = write_gaps(report(*checks))

    assert html.count("no file") == 1
    assert "<b>Population stability index</b>: A, B" in html


def test_a_crashed_stage_is_listed_with_its_reason() -> None:
    stages = (StageRecord(asset="drift", status="crashed", reason="out of memory"),)
    html = write_gaps(report(stages=stages))

    assert "out of memory" in html
    assert "every planned check has an answer" not in html


def test_measures_that_do_not_apply_are_named_with_the_reason() -> None:
    html = write_gaps(report(not_applicable={"r_squared": "the audit is a classification"}))

    assert "the audit is a classification" in html


def test_a_whole_audit_says_that_nothing_is_missing() -> None:
    assert "every planned check has an answer" in write_gaps(report(outcome()))

from audit_pipeline.domain.check import Check, gap, judge
from audit_pipeline.domain.limit import Limit
from audit_pipeline.domain.measurement import Coverage, Measurement
from audit_pipeline.domain.verdict import Verdict

CHECK = Check(asset="drift", name="population_stability_index", subject="AGEP")


def test_a_check_that_was_not_obtained_is_a_gap_with_its_reason() -> None:
    outcome = gap(CHECK, "the column is missing", required=False)
    assert (outcome.verdict, outcome.reason) == (Verdict.GAP, "the column is missing")
    assert not outcome.required
    assert outcome.measurement is None


def test_a_judged_check_carries_its_measurement_and_its_limit() -> None:
    coverage = Coverage(rows=4, used=3, left_out={"null": 1})
    measured = Measurement(
        metric=CHECK.name,
        subject="AGEP",
        value=0.3,
        interval=None,
        baseline_value=None,
        coverage=coverage,
    )
    limit = Limit(warn=0.1, fail=0.25, required=False)
    outcome = judge(CHECK, measured, limit)
    assert outcome.verdict is Verdict.FAIL
    assert (outcome.measurement, outcome.limit, outcome.required) == (measured, limit, False)


def test_coverage_of_no_rows_is_zero() -> None:
    assert Coverage(rows=0, used=0).share == 0.0
    assert Coverage(rows=4, used=3).share == 0.75

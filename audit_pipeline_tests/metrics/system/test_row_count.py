from audit_pipeline.domain.check import Check, judge
from audit_pipeline.domain.measurement import Coverage, Measurement
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.metrics.base import Shape
from audit_pipeline.metrics.system.row_count import METRIC, row_count
from audit_pipeline_tests.metrics.profiles import profile


def verdict(rows: int) -> Verdict:
    reading = row_count(profile(rows))
    measurement = Measurement(
        metric="row_count",
        subject="all rows",
        value=reading.value,
        interval=reading.interval,
        baseline_value=None,
        coverage=Coverage(rows=reading.rows, used=reading.used),
    )
    check = Check(asset="rule_results", name="row_count", subject="all rows")
    return judge(check, measurement, METRIC.limit).verdict


def test_an_empty_window_fails() -> None:
    assert row_count(profile(0)).value == 0
    assert verdict(0) is Verdict.FAIL


def test_one_row_passes() -> None:
    assert verdict(1) is Verdict.PASS


def test_rows_without_weight_are_told_beside() -> None:
    assert row_count(profile(7, zero_weight=2)).detail == {"zero_weight": 2}


def test_the_baselines_rows_stand_beside_and_every_audit_has_the_metric() -> None:
    reading, baseline = METRIC.measure.read("all rows", profile(70), profile(7))
    assert baseline is not None
    assert (reading.value, baseline.value) == (7, 70)
    shape = Shape(numeric=(), categorical=(), groups=(), has=frozenset())
    assert METRIC.measure.subjects(shape) == ("all rows",)

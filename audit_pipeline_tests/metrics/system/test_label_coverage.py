import pytest

from audit_pipeline.metrics.base import Shape, UnmeasurableError
from audit_pipeline.metrics.system.label_coverage import METRIC, label_coverage
from audit_pipeline_tests.metrics.profiles import profile


def test_three_of_four_rows_are_labelled() -> None:
    reading = label_coverage(profile(400, labelled=300))
    assert reading.value == 0.75
    assert reading.interval is not None
    assert reading.interval.low < 0.75 < reading.interval.high


def test_no_label_at_all_is_not_a_number_for_labels_may_come_later() -> None:
    with pytest.raises(UnmeasurableError, match="no row has a label yet"):
        label_coverage(profile(400, labelled=0))


def test_an_empty_window_has_no_coverage() -> None:
    with pytest.raises(UnmeasurableError):
        label_coverage(profile(0))


def test_an_audit_without_labels_is_not_asked() -> None:
    without = Shape(numeric=(), categorical=(), groups=(), has=frozenset({"predictions"}))
    assert METRIC.measure.subjects(without) == ()

import numpy as np
import pytest
from sklearn import metrics

from audit_pipeline.domain.limit import Against, Worse
from audit_pipeline.metrics.base import TooLittleDataError, UnmeasurableError
from audit_pipeline.metrics.performance.mean_absolute_error import METRIC, mean_absolute_error
from audit_pipeline_tests.metrics.profiles import profile, regression


def test_the_hand_worked_number() -> None:
    reading = mean_absolute_error(regression([0.0, 10.0] * 20, [1.0, 13.0] * 20, unlabelled=8))
    assert reading.value == pytest.approx(2.0)  # errors of 1 and 3 in turn
    assert (reading.rows, reading.used, reading.left_out) == (48, 40, {"unlabelled": 8})


def test_it_is_scikit_learns() -> None:
    labels, noise = np.random.default_rng(7).normal(size=(2, 300))
    predictions = labels + noise / 2
    reading = mean_absolute_error(regression(labels, predictions))
    assert reading.value == pytest.approx(metrics.mean_absolute_error(labels, predictions))
    assert reading.interval is not None
    assert reading.interval.low < reading.value < reading.interval.high


def test_perfect_predictions_have_no_error() -> None:
    labels = np.arange(40.0)
    reading = mean_absolute_error(regression(labels, labels))
    assert reading.value == 0.0


def test_the_number_is_judged_against_the_baseline() -> None:
    assert METRIC.limit.against is Against.RELATIVE_CHANGE
    assert METRIC.limit.worse is Worse.HIGHER


def test_none_and_few_labelled_rows_are_not_measured() -> None:
    with pytest.raises(UnmeasurableError, match="no row has both"):
        mean_absolute_error(profile(9))
    with pytest.raises(TooLittleDataError, match="3 effective rows"):
        mean_absolute_error(regression([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]))

import numpy as np
import pytest
from sklearn.metrics import r2_score

from audit_pipeline.domain.limit import Against, Worse
from audit_pipeline.metrics.base import TooLittleDataError, UnmeasurableError
from audit_pipeline.metrics.performance.r_squared import METRIC, r_squared
from audit_pipeline_tests.metrics.profiles import profile, regression


def test_the_hand_worked_number() -> None:
    reading = r_squared(regression([0.0, 10.0] * 20, [1.0, 13.0] * 20, unlabelled=8))
    assert reading.value == pytest.approx(
        1 - 5 / 25
    )  # mean squared error 5, labels 0 and 10: variance 25
    assert (reading.rows, reading.used, reading.left_out) == (48, 40, {"unlabelled": 8})


def test_it_is_scikit_learns() -> None:
    labels, noise = np.random.default_rng(7).normal(size=(2, 300))
    predictions = labels + noise / 2
    reading = r_squared(regression(labels, predictions))
    assert reading.value == pytest.approx(r2_score(labels, predictions))
    assert reading.interval is not None
    assert reading.interval.low < reading.value < reading.interval.high


def test_perfect_predictions_have_no_error() -> None:
    labels = np.arange(40.0)
    reading = r_squared(regression(labels, labels))
    assert reading.value == 1.0


def test_the_number_is_judged_against_the_baseline() -> None:
    assert METRIC.limit.against is Against.CHANGE
    assert METRIC.limit.worse is Worse.LOWER


def test_none_and_few_labelled_rows_are_not_measured() -> None:
    with pytest.raises(UnmeasurableError, match="no row has both"):
        r_squared(profile(9))
    with pytest.raises(TooLittleDataError, match="3 effective rows"):
        r_squared(regression([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]))


def test_labels_that_are_all_the_same_have_no_spread_to_explain() -> None:
    with pytest.raises(UnmeasurableError, match="all labels are the same"):
        r_squared(regression([1.0] * 40, [1.0] * 40))

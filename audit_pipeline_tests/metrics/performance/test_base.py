"""Which rows performance is measured on, and what too few of them mean."""

import pytest

from audit_pipeline.metrics.base import TooLittleDataError, UnmeasurableError
from audit_pipeline.metrics.performance.base import judged, mean_interval, regression_errors
from audit_pipeline_tests.metrics.profiles import outcomes, profile, regression


def test_rows_without_label_or_prediction_are_left_out_and_counted() -> None:
    known = judged(outcomes({("1", "1"): 5, (None, "1"): 3, ("0", None): 2}))
    assert (known.rows.rows, known.rows.used) == (10, 5)
    assert known.rows.left_out == {"unlabelled": 3, "not scored": 2}


def test_a_window_without_outcomes_or_without_labels_is_a_gap_that_says_why() -> None:
    with pytest.raises(UnmeasurableError, match="no rows with a prediction or a label"):
        judged(profile(5))
    with pytest.raises(UnmeasurableError, match="no rows with a prediction or a label"):
        judged(outcomes({}))
    with pytest.raises(UnmeasurableError, match="both a label and a prediction: 3 unlabelled"):
        judged(outcomes({(None, "1"): 3}))


def test_the_interval_of_a_mean() -> None:
    found = mean_interval(2.0, 100.0, 101.0)  # z * sqrt(100 / 100)
    assert (found.low, found.high) == pytest.approx((2 - 1.96, 2 + 1.96), abs=1e-3)


def test_a_mean_of_few_rows_is_too_little_data() -> None:
    with pytest.raises(TooLittleDataError, match="29 effective rows"):
        mean_interval(2.0, 0.0, 29.0)


def test_a_regressions_unlabelled_and_unusable_rows_are_counted() -> None:
    one = regression([1.0, 2.0], [1.0, 2.0], unlabelled=3)
    assert regression_errors(one)[1].left_out == {"unlabelled": 3}
    with pytest.raises(UnmeasurableError, match="no row has both"):
        regression_errors(profile(5))

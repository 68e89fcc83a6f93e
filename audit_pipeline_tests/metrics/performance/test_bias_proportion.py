import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import mean_squared_error

from audit_pipeline.metrics.base import TooLittleDataError, UnmeasurableError
from audit_pipeline.metrics.performance.bias_proportion import bias_proportion
from audit_pipeline_tests.metrics.profiles import profile, regression

REAL = st.lists(st.floats(-50, 50), min_size=40, max_size=60)


def test_the_hand_worked_share() -> None:
    # errors of +1 and +7: a mean of 4, a mean square of 25
    reading = bias_proportion(regression([0.0] * 40, [1.0, 7.0] * 20))
    assert reading.value == pytest.approx(16 / 25)
    assert reading.detail["mean_error"] == pytest.approx(4.0)  # predictions are too high
    assert reading.interval is not None
    # a mean of 4 ± 1.96 * 3 / sqrt(39)
    ends = [(4 + side * 1.96 * 3 / 39**0.5) ** 2 for side in (-1, 1)]
    assert reading.interval.low == pytest.approx(ends[0] / (ends[0] + 9), rel=1e-3)
    assert reading.interval.high == pytest.approx(ends[1] / (ends[1] + 9), rel=1e-3)


@given(REAL)
def test_it_is_the_squared_mean_over_scikit_learns_mean_square(errors: list[float]) -> None:
    zeros = np.zeros(len(errors))
    reading = bias_proportion(regression(zeros, errors))
    square = mean_squared_error(zeros, errors)
    theirs = np.mean(errors) ** 2 / square if square else 0.0
    assert abs(reading.value - theirs) <= reading.error_bound + 1e-9
    assert reading.interval is not None
    assert 0 <= reading.interval.low <= reading.value <= reading.interval.high <= 1


def test_no_error_at_all_has_no_bias() -> None:
    assert bias_proportion(regression([3.0] * 40, [3.0] * 40)).value == 0.0


def test_errors_to_both_sides_alike_may_have_none() -> None:
    reading = bias_proportion(regression([0.0] * 40, [2.0, -2.0] * 20))
    assert (reading.value, reading.detail["mean_error"]) == (0.0, 0.0)
    assert reading.interval is not None
    assert reading.interval.low == 0.0 < reading.interval.high < 0.2


def test_too_few_rows_and_none_are_not_measured() -> None:
    with pytest.raises(TooLittleDataError, match="30 are needed"):
        bias_proportion(regression([0.0, 1.0], [1.0, 1.0]))
    with pytest.raises(UnmeasurableError, match="no row has both"):
        bias_proportion(profile(9, positive=None))

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from audit_pipeline.metrics.base import TooLittleDataError, UnmeasurableError
from audit_pipeline.metrics.performance.expected_calibration_error import (
    expected_calibration_error,
)
from audit_pipeline_tests.metrics.profiles import scores


def test_the_hand_worked_error() -> None:
    # 60 rows said 0.25 and 20 of them came; 40 said 0.75 and 20 came
    labels = [1] * 20 + [0] * 40 + [1] * 20 + [0] * 20
    reading = expected_calibration_error(scores(labels, [0.25] * 60 + [0.75] * 40))
    assert reading.value == pytest.approx(0.6 * (1 / 3 - 0.25) + 0.4 * 0.25)
    table = reading.detail["reliability"]
    assert isinstance(table, list)
    assert table[1] == pytest.approx(
        {"low": 0.7, "high": 0.8, "rows": 40, "mean_score": 0.75, "positive_share": 0.5}
    )


def test_it_is_the_gap_of_scikit_learns_calibration_curve() -> None:
    random = np.random.default_rng(5)
    values = random.uniform(size=2000)
    labels = (random.uniform(size=2000) < values**2).astype(int)
    came, said = calibration_curve(labels, values, n_bins=10)
    rows = np.bincount(np.minimum((values * 10).astype(int), 9), minlength=10)
    reading = expected_calibration_error(scores(labels.tolist(), values.tolist()))
    assert reading.value == pytest.approx(float(np.sum(rows / 2000 * np.abs(came - said))))


@pytest.mark.parametrize("shift", [0.0, 0.1])
def test_the_interval_covers_the_true_error(shift: float) -> None:
    random = np.random.default_rng(6)
    held = 0
    for _ in range(200):
        values = random.uniform(0.1, 0.8, size=600)
        labels = (random.uniform(size=600) < values + shift).astype(int)
        interval = expected_calibration_error(scores(labels.tolist(), values.tolist())).interval
        assert interval is not None
        held += interval.low <= shift <= interval.high
    assert held >= 0.93 * 200


def test_perfect_scores_are_not_certain_either() -> None:
    reading = expected_calibration_error(scores([1] * 50 + [0] * 50, [1.0] * 50 + [0.0] * 50))
    assert reading.value == 0.0
    assert reading.interval is not None
    assert reading.interval.high > 0.0


def test_none_and_few_labelled_rows_are_not_measured() -> None:
    with pytest.raises(UnmeasurableError, match="both a label and a score"):
        expected_calibration_error(scores([None], [0.5]))
    with pytest.raises(UnmeasurableError, match="no calibration bins"):
        expected_calibration_error(scores([1] * 40, [0.5] * 40, calibration=()))
    with pytest.raises(TooLittleDataError, match="2 effective rows"):
        expected_calibration_error(scores([1, 0], [0.5, 0.5]))

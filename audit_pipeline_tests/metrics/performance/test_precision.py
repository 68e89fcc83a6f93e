import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from audit_pipeline.metrics.base import UnmeasurableError
from audit_pipeline.metrics.performance.precision import precision
from audit_pipeline_tests.metrics.profiles import Cell, outcomes, pairs, profile

CELLS = st.tuples(*[st.integers(1, 300)] * 4)


def test_the_hand_worked_share() -> None:
    reading = precision(outcomes({("1", "1"): 40, ("0", "1"): 10, ("1", "0"): 20, ("0", "0"): 30}))
    assert reading.value == pytest.approx(40 / 50)  # 40 of the 50 predicted positive
    assert (reading.rows, reading.used) == (100, 100)


@given(CELLS)
def test_it_is_scikit_learns_and_within_its_interval(cells: tuple[int, ...]) -> None:
    labels, predictions = np.repeat([1, 1, 0, 0], cells), np.repeat([1, 0, 1, 0], cells)
    reading = precision(profile(len(labels), outcomes=pairs(labels, predictions)))
    assert reading.value == pytest.approx(metrics.precision_score(labels, predictions))
    assert reading.interval is not None
    assert 0 <= reading.interval.low <= reading.value <= reading.interval.high <= 1


def test_more_classes_are_averaged_as_scikit_learn_does() -> None:
    random = np.random.default_rng(2)
    labels, predictions = random.integers(0, 3, size=400), random.integers(1, 4, size=400)
    reading = precision(profile(400, positive=None, outcomes=pairs(labels, predictions)))
    theirs = metrics.precision_score(labels, predictions, average="macro", zero_division=0)
    assert reading.value == pytest.approx(theirs)
    assert reading.detail["average"] == "macro"


def test_the_interval_covers_the_true_value() -> None:
    random = np.random.default_rng(3)
    shares = {("1", "1"): 0.4, ("0", "1"): 0.1, ("1", "0"): 0.2, ("0", "0"): 0.3}
    held = 0
    for _ in range(300):
        drawn = random.multinomial(200, list(shares.values()))
        interval = precision(outcomes(dict(zip(shares, map(int, drawn), strict=True)))).interval
        assert interval is not None
        held += interval.low <= 40 / 50 <= interval.high
    assert held >= 0.92 * 300


def test_rows_without_label_are_left_out() -> None:
    counts: dict[Cell, int] = {("1", "1"): 40, ("0", "1"): 10, ("1", "0"): 20, ("0", "0"): 30}
    reading = precision(outcomes({**counts, (None, "1"): 50, ("1", None): 50}))
    assert reading.value == pytest.approx(40 / 50)
    assert reading.left_out == {"unlabelled": 50, "not scored": 50}


def test_where_no_row_counts_the_number_does_not_exist() -> None:
    with pytest.raises(UnmeasurableError, match="no labelled row is predicted positive"):
        precision(outcomes({("1", "0"): 5, ("0", "0"): 5}))
    with pytest.raises(UnmeasurableError, match="4 unlabelled"):
        precision(outcomes({(None, "1"): 4}))


def test_a_class_that_is_never_predicted_counts_as_zero_and_is_named() -> None:
    counts = {("a", "a"): 30, ("b", "a"): 10, ("b", "b"): 10, ("c", "b"): 10}
    reading = precision(outcomes(counts, positive=None))
    assert reading.detail["counted_as_zero"] == ["c"]
    assert reading.value == pytest.approx((30 / 40 + 10 / 20 + 0) / 3)

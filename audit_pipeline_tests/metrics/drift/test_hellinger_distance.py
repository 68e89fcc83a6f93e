import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_pipeline.metrics.base import TooLittleDataError, UnmeasurableError
from audit_pipeline.metrics.drift.base import decile_bins
from audit_pipeline.metrics.drift.hellinger_distance import hellinger_distance
from audit_pipeline_tests.metrics.profiles import GRID, categorical, histogram, numeric

COUNTS = st.lists(st.integers(0, 200), min_size=4, max_size=4).filter(lambda c: sum(c) >= 30)


def overlap(first: list[float], second: list[float]) -> float:
    """Return the distance by its other definition, from the overlap."""
    p, q = (np.asarray(side, float) / np.sum(side) for side in (first, second))
    return math.sqrt(max(0.0, 1 - float(np.sum(np.sqrt(p * q)))))


def test_the_hand_worked_distance() -> None:
    # half of each side is shared: the overlap is sqrt(1/2 * 1/2) = 1/2
    reading = hellinger_distance(categorical({"a": 50, "b": 50}), categorical({"a": 50, "c": 50}))
    assert reading.value == pytest.approx(math.sqrt(0.5))


def test_nothing_in_common_is_one() -> None:
    reading = hellinger_distance(categorical({"a": 99}), categorical({"b": 99}))
    assert reading.value == 1.0
    assert reading.interval is not None
    assert reading.interval.high == 1.0


@given(COUNTS, COUNTS)
def test_it_is_the_root_of_what_does_not_overlap_and_symmetric(
    first: list[float], second: list[float]
) -> None:
    columns = [categorical(dict(zip("abcd", map(int, c), strict=True))) for c in (first, second)]
    reading = hellinger_distance(columns[0], columns[1])
    assert reading.value == pytest.approx(overlap(first, second), abs=1e-7)  # a root of rounding
    assert hellinger_distance(columns[1], columns[0]).value == pytest.approx(reading.value)
    assert reading.interval is not None
    assert 0 <= reading.interval.low <= reading.value <= reading.interval.high <= 1


def test_numeric_columns_are_compared_over_the_deciles() -> None:
    baseline, current = np.random.default_rng(2).normal([[0.0], [0.5]], size=(2, 3000))
    bins = decile_bins(histogram(baseline), histogram(current), GRID)
    reading = hellinger_distance(numeric(baseline), numeric(current))
    assert reading.value == pytest.approx(overlap(list(bins.expected), list(bins.actual)))
    assert reading.error_bound == 0.0


@given(st.lists(st.floats(-1e9, 1e9), min_size=30, max_size=60))
def test_the_same_values_in_any_order_have_not_moved(values: list[float]) -> None:
    assert hellinger_distance(numeric(values), numeric(values[::-1])).value == 0.0


@pytest.mark.parametrize("after", [[0.5, 0.3, 0.2], [0.4, 0.35, 0.25]])
def test_the_interval_covers_the_true_distance(after: list[float]) -> None:
    random = np.random.default_rng(5)
    before, held = [0.5, 0.3, 0.2], 0
    for _ in range(300):
        sides = [random.multinomial(400, shares) for shares in (before, after)]
        columns = [categorical(dict(zip("abc", map(int, side), strict=True))) for side in sides]
        interval = hellinger_distance(columns[0], columns[1]).interval
        assert interval is not None
        held += interval.low <= overlap(before, after) <= interval.high
    assert held >= 0.93 * 300


def test_empty_and_tiny_columns_are_not_measured() -> None:
    full = categorical({"a": 100})
    with pytest.raises(UnmeasurableError, match="no usable value"):
        hellinger_distance(full, categorical({}, nulls=100))
    with pytest.raises(TooLittleDataError):
        hellinger_distance(full, categorical({"a": 10}))

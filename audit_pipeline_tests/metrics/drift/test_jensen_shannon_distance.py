import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from audit_pipeline.metrics.base import TooLittleDataError, UnmeasurableError
from audit_pipeline.metrics.drift.base import decile_bins
from audit_pipeline.metrics.drift.jensen_shannon_distance import jensen_shannon_distance
from audit_pipeline_tests.metrics.profiles import GRID, categorical, histogram, numeric

COUNTS = st.lists(st.integers(0, 200), min_size=4, max_size=4).filter(lambda c: sum(c) >= 30)


def test_the_hand_worked_distance() -> None:
    # middle (1/2, 1/4, 1/4): each side is half a bit away
    reading = jensen_shannon_distance(
        categorical({"a": 50, "b": 50}), categorical({"a": 50, "c": 50})
    )
    assert reading.value == pytest.approx(math.sqrt(0.5))


def test_nothing_in_common_is_one() -> None:
    reading = jensen_shannon_distance(categorical({"a": 99}), categorical({"b": 99}))
    assert reading.value == 1.0
    assert reading.interval is not None
    assert reading.interval.high == 1.0


@given(COUNTS, COUNTS)
def test_the_distance_is_scipys_and_symmetric(first: list[int], second: list[int]) -> None:
    columns = [categorical(dict(zip("abcd", c, strict=True))) for c in (first, second)]
    theirs = jensenshannon(first, second, base=2)
    reading = jensen_shannon_distance(columns[0], columns[1])
    # a root: rounding of 1e-16 in the divergence is 1e-8 here
    assert reading.value == pytest.approx(float(np.nan_to_num(theirs)), abs=1e-7)
    assert jensen_shannon_distance(columns[1], columns[0]).value == pytest.approx(
        reading.value, abs=1e-7
    )
    assert reading.interval is not None
    assert 0 <= reading.interval.low <= reading.value <= reading.interval.high <= 1


def test_numeric_columns_are_compared_over_the_deciles() -> None:
    baseline, current = np.random.default_rng(2).normal([[0.0], [0.5]], size=(2, 3000))
    bins = decile_bins(histogram(baseline), histogram(current), GRID)
    reading = jensen_shannon_distance(numeric(baseline), numeric(current))
    assert reading.value == pytest.approx(jensenshannon(bins.expected, bins.actual, base=2))


@given(st.lists(st.floats(-1e9, 1e9), min_size=30, max_size=60))
def test_the_same_values_in_any_order_have_not_moved(values: list[float]) -> None:
    assert jensen_shannon_distance(numeric(values), numeric(values[::-1])).value == 0.0


@pytest.mark.parametrize("after", [[0.5, 0.3, 0.2], [0.4, 0.35, 0.25]])
def test_the_interval_covers_the_true_distance(after: list[float]) -> None:
    random = np.random.default_rng(5)
    before, held = [0.5, 0.3, 0.2], 0
    true = float(np.nan_to_num(jensenshannon(before, after, base=2)))
    for _ in range(300):
        sides = [random.multinomial(400, shares) for shares in (before, after)]
        columns = [categorical(dict(zip("abc", map(int, side), strict=True))) for side in sides]
        interval = jensen_shannon_distance(columns[0], columns[1]).interval
        assert interval is not None
        held += interval.low <= true <= interval.high
    assert held >= 0.93 * 300


def test_empty_and_tiny_columns_are_not_measured() -> None:
    full = categorical({"a": 100})
    with pytest.raises(UnmeasurableError, match="no usable value"):
        jensen_shannon_distance(full, categorical({}, nulls=100))
    with pytest.raises(TooLittleDataError):
        jensen_shannon_distance(full, categorical({"a": 10}))

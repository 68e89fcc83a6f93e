import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_pipeline.metrics.base import UnmeasurableError
from audit_pipeline.metrics.drift.population_stability_index import population_stability_index
from audit_pipeline_tests.metrics.profiles import categorical, numeric

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=30, max_size=80)


def test_the_hand_worked_index_of_two_categories() -> None:
    reading = population_stability_index(
        categorical({"a": 50, "b": 50}), categorical({"a": 75, "b": 25}, nulls=20)
    )
    # 0.25 ln 1.5 + 0.25 ln 2
    assert reading.value == pytest.approx(0.25 * math.log(3))
    assert (reading.rows, reading.used, reading.left_out) == (120, 100, {"null": 20})


def test_an_empty_bin_counts_as_a_ten_thousandth() -> None:
    reading = population_stability_index(categorical({"a": 100}), categorical({"b": 100}))
    assert reading.value == pytest.approx(2 * (1 - 1e-4) * math.log(1e4))


def test_a_constant_column_that_stays_has_not_moved_and_one_that_changes_has() -> None:
    same = population_stability_index(numeric([5.0] * 50), numeric([5.0] * 50))
    assert same.value == 0.0
    assert same.interval is not None
    assert same.interval.low == 0.0
    for value in (4.0, 6.0):
        assert population_stability_index(numeric([5.0] * 50), numeric([value] * 50)).value > 10


def test_deciles_are_those_of_numpy_on_a_smooth_column() -> None:
    random = np.random.default_rng(7)
    baseline, current = random.normal(size=50_000), random.normal(0.3, 1.1, size=40_000)
    edges = np.quantile(baseline, np.arange(1, 10) / 10)
    expected = np.bincount(np.searchsorted(edges, baseline), minlength=10) / 50_000
    actual = np.bincount(np.searchsorted(edges, current), minlength=10) / 40_000
    theirs = float(((actual - expected) * np.log(actual / expected)).sum())
    reading = population_stability_index(numeric(baseline), numeric(current))
    assert reading.value == pytest.approx(theirs, abs=2e-3)


@pytest.mark.parametrize("after", [[0.5, 0.3, 0.2], [0.4, 0.35, 0.25]])
def test_the_interval_covers_the_true_index(after: list[float]) -> None:
    random = np.random.default_rng(3)
    before = [0.5, 0.3, 0.2]
    true = sum((a - e) * math.log(a / e) for e, a in zip(before, after, strict=True))
    held = 0
    for _ in range(300):
        sides = [random.multinomial(400, shares) for shares in (before, after)]
        columns = [categorical(dict(zip("abc", map(int, side), strict=True))) for side in sides]
        interval = population_stability_index(columns[0], columns[1]).interval
        assert interval is not None
        held += interval.low <= true <= interval.high
    assert held >= 0.93 * 300


@given(VALUES)
def test_the_same_values_in_any_order_have_not_moved(values: list[float]) -> None:
    assert population_stability_index(numeric(values), numeric(values[::-1])).value == 0.0


@given(VALUES, VALUES)
def test_the_index_is_never_negative_and_within_its_interval(
    first: list[float], second: list[float]
) -> None:
    reading = population_stability_index(numeric(first), numeric(second))
    assert reading.interval is not None
    assert 0 <= reading.interval.low <= reading.value <= reading.interval.high + 1e-12


def test_weights_shift_shares() -> None:
    values, weights = [0.0] * 50 + [1.0] * 50, [1.0] * 50 + [3.0] * 50
    reading = population_stability_index(numeric(values), numeric(values, weights=weights))
    assert reading.value == pytest.approx(0.25 * math.log(3))  # shares 0.5, 0.5 to 0.25, 0.75


def test_an_all_null_column_has_no_index() -> None:
    with pytest.raises(UnmeasurableError, match="no usable value in the window"):
        population_stability_index(numeric([1.0] * 30), numeric([None] * 30))

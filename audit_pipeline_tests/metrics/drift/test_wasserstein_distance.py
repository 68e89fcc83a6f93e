from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance as scipys

from audit_pipeline.metrics.base import TooLittleDataError, UnmeasurableError
from audit_pipeline.metrics.drift.wasserstein_distance import (
    spread_error,
    transport,
    wasserstein_distance,
)
from audit_pipeline.profiles.histogram import Grid
from audit_pipeline_tests.metrics.profiles import numeric

COARSE = Grid(centre=0.0, scale=1.0, resolution=2)
REAL = st.lists(st.floats(-50, 50), min_size=30, max_size=60).filter(lambda x: np.std(x) > 1e-3)
WHOLE = st.lists(st.integers(-20, 20).map(float), min_size=30, max_size=60).filter(
    lambda x: len(set(x)) > 1
)


def test_a_shift_of_three_is_three_standard_deviations_of_one() -> None:
    before = [0.0] * 20 + [2.0] * 20
    reading = wasserstein_distance(numeric(before), numeric([x + 3 for x in before]))
    assert reading.value == pytest.approx(3.0)
    assert reading.detail["distance"] == pytest.approx(3.0)
    assert reading.error_bound == 0.0
    assert reading.interval is not None
    # a row of either side has a standard deviation of 1: z * sqrt(2 / 40) = 0.438
    assert reading.interval.high == pytest.approx(3.438, abs=1e-3)
    assert reading.interval.low < 3.0 - 0.438


@given(WHOLE, WHOLE)
def test_single_valued_bins_give_scipys_distance(first: list[float], second: list[float]) -> None:
    reading = wasserstein_distance(numeric(first), numeric(second))
    assert reading.value == pytest.approx(scipys(first, second) / np.std(first), abs=1e-9)
    back = wasserstein_distance(numeric(second), numeric(first))
    assert back.detail["distance"] == pytest.approx(reading.detail["distance"], abs=1e-12)


@given(REAL, REAL)
def test_on_a_coarse_grid_the_bound_holds(first: list[float], second: list[float]) -> None:
    reading = wasserstein_distance(numeric(first, COARSE), numeric(second, COARSE))
    theirs = scipys(first, second) / np.std(first)
    assert abs(reading.value - theirs) <= reading.error_bound * (1 + 1e-9) + 1e-9
    assert reading.interval is not None
    assert 0 <= reading.interval.low <= reading.value <= reading.interval.high


@given(REAL)
def test_the_same_values_in_any_order_have_not_moved(values: list[float]) -> None:
    assert wasserstein_distance(numeric(values), numeric(values[::-1])).value == 0.0


def test_the_full_grid_is_close_on_a_skewed_column() -> None:
    random = np.random.default_rng(8)
    baseline, current = random.lognormal(size=20_000), random.lognormal(0.1, size=20_000)
    reading = wasserstein_distance(numeric(baseline), numeric(current))
    theirs = scipys(baseline, current) / np.std(baseline)
    assert abs(reading.value - theirs) <= reading.error_bound < 1e-3


@pytest.mark.parametrize("shift", [0.0, 0.05, 0.5])
def test_the_interval_covers_the_true_distance(shift: float) -> None:
    random = np.random.default_rng(9)
    held = 0
    for _ in range(200):
        before, after = random.normal(size=400), random.normal(shift, size=300)
        interval = wasserstein_distance(numeric(before), numeric(after)).interval
        assert interval is not None
        held += interval.low <= shift <= interval.high
    assert held >= 0.93 * 200


def test_a_constant_column_that_stays_has_not_moved() -> None:
    reading = wasserstein_distance(numeric([5.0] * 40), numeric([5.0] * 30))
    assert (reading.value, reading.error_bound) == (0.0, 0.0)


def test_a_constant_column_that_moves_cannot_be_told_in_deviations_and_is_no_gap() -> None:
    with pytest.raises(TooLittleDataError, match=r"never varied .* kolmogorov_smirnov tell of it"):
        wasserstein_distance(numeric([5.0] * 40), numeric([6.0] * 40))


def test_values_too_large_for_a_standard_deviation_are_a_gap() -> None:
    large = replace(numeric([1.0, 2.0] * 20), standard_deviation=None)
    with pytest.raises(UnmeasurableError, match="too large") as caught:
        wasserstein_distance(large, numeric([1.0, 2.0] * 20))
    assert not isinstance(caught.value, TooLittleDataError)


@given(REAL, REAL)
def test_the_bound_holds_too_when_the_deviation_is_that_of_the_bins(
    first: list[float], second: list[float]
) -> None:
    counted = numeric(first, COARSE)
    shares, middles = counted.histogram.shares, counted.histogram.middles
    spread = float(np.sqrt(np.sum(shares * (middles - np.sum(shares * middles)) ** 2)))
    baseline = replace(counted, standard_deviation=spread)
    if spread <= 2 * spread_error(baseline):
        return  # all in two bins: no bound is of use
    reading = wasserstein_distance(baseline, numeric(second, COARSE))
    theirs = scipys(first, second) / np.std(first)
    assert abs(reading.value - theirs) <= reading.error_bound * (1 + 1e-9) + 1e-9


def test_few_rows_and_none_are_not_measured() -> None:
    with pytest.raises(TooLittleDataError):
        wasserstein_distance(numeric([1.0, 2.0] * 20), numeric([1.0] * 5))
    with pytest.raises(UnmeasurableError, match="no usable value"):
        wasserstein_distance(numeric([1.0, 2.0] * 20), numeric([None] * 5))


def test_the_noise_of_a_fair_coin_is_that_of_the_half_normal() -> None:
    # two samples of n differ by |p - q|, of standard deviation sqrt(2/n) / 2
    found = transport(np.array([0.0, 1.0]), np.array([0.5, 0.5]), np.array([0.5, 0.5]))
    assert found.noise == pytest.approx(np.sqrt(2 / np.pi) / 2)

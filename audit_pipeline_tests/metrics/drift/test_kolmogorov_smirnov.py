import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ks_2samp, kstwobign

from audit_pipeline.metrics.base import UnmeasurableError
from audit_pipeline.metrics.drift.kolmogorov_smirnov import kolmogorov_smirnov
from audit_pipeline.profiles.histogram import Grid
from audit_pipeline_tests.metrics.profiles import numeric

COARSE = Grid(centre=0.0, scale=1.0, resolution=2)
# fewer rows would send SciPy's p-value, which is not asked for here, into a division by zero
WHOLE = st.lists(st.integers(-20, 20).map(float), min_size=4, max_size=60)
REAL = st.lists(st.floats(-50, 50), min_size=4, max_size=60)


def test_the_hand_worked_gap() -> None:
    # after 2, half of the first and none of the second
    reading = kolmogorov_smirnov(numeric([1, 2, 3, 4]), numeric([3, 4, 5, 6, None]))
    assert reading.value == 0.5
    assert reading.error_bound == 0.0
    assert reading.detail["location"] == 2.0
    assert (reading.rows, reading.used, reading.left_out) == (5, 4, {"null": 1})


@given(WHOLE, WHOLE)
def test_single_valued_bins_give_scipys_statistic(first: list[float], second: list[float]) -> None:
    reading = kolmogorov_smirnov(numeric(first), numeric(second))
    assert reading.value == pytest.approx(
        ks_2samp(first, second, method="asymp").statistic, abs=1e-12
    )
    assert reading.error_bound == pytest.approx(0.0, abs=1e-12)
    assert kolmogorov_smirnov(numeric(second), numeric(first)).value == reading.value


@given(REAL, REAL)
def test_on_a_coarse_grid_the_bound_holds(first: list[float], second: list[float]) -> None:
    theirs = ks_2samp(first, second, method="asymp").statistic
    reading = kolmogorov_smirnov(numeric(first, COARSE), numeric(second, COARSE))
    assert reading.value <= theirs + 1e-12
    assert theirs <= reading.value + reading.error_bound + 1e-12
    assert reading.interval is not None
    assert 0 <= reading.interval.low <= reading.value <= reading.interval.high <= 1


@given(REAL)
def test_the_same_values_in_any_order_have_not_moved(values: list[float]) -> None:
    assert kolmogorov_smirnov(numeric(values), numeric(values[::-1])).value == 0.0


def test_ranges_that_do_not_overlap_within_a_bin_are_exact() -> None:
    # all four numbers share one coarse bin, and 0.1, 0.2 stand wholly before 0.3, 0.4
    reading = kolmogorov_smirnov(numeric([0.1, 0.2], COARSE), numeric([0.3, 0.4], COARSE))
    assert (reading.value, reading.error_bound) == (1.0, 0.0)


def test_ranges_that_overlap_within_a_bin_are_bounded() -> None:
    reading = kolmogorov_smirnov(numeric([0.1, 0.3], COARSE), numeric([0.2, 0.4], COARSE))
    assert (reading.value, reading.error_bound) == (0.0, 1.0)  # truly 0.5


def test_the_full_grid_is_close_and_its_bound_small_on_smooth_columns() -> None:
    baseline, current = np.random.default_rng(4).normal([[0.0], [0.1]], size=(2, 20_000))
    reading = kolmogorov_smirnov(numeric(baseline), numeric(current))
    theirs = ks_2samp(baseline, current, method="asymp")
    assert reading.value <= theirs.statistic <= reading.value + reading.error_bound
    assert reading.error_bound < 1e-3
    assert reading.detail["p_value"] == pytest.approx(
        kstwobign.sf(reading.value * np.sqrt(10_000)), rel=1e-9
    )


def test_a_constant_column_that_stays_has_not_moved() -> None:
    reading = kolmogorov_smirnov(numeric([5.0] * 9), numeric([5.0] * 3))
    assert (reading.value, reading.error_bound, reading.detail["p_value"]) == (0.0, 0.0, 1.0)


def test_weights_move_the_distribution() -> None:
    reading = kolmogorov_smirnov(numeric([0.0, 1.0]), numeric([0.0, 1.0], weights=[3.0, 1.0]))
    assert reading.value == 0.25


def test_few_rows_have_an_interval_that_says_so() -> None:
    reading = kolmogorov_smirnov(numeric([1.0] * 1000), numeric([1.0] * 5))
    assert reading.interval is not None
    assert reading.interval.high > 0.6


def test_a_column_without_a_finite_number_has_no_gap() -> None:
    with pytest.raises(UnmeasurableError, match="1 null, 1 NaN, 1 infinite"):
        kolmogorov_smirnov(numeric([1.0]), numeric([None, float("nan"), float("inf")]))

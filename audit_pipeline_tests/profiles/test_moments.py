"""Mean and spread from what a profile keeps, against the rows."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit_pipeline.profiles.histogram import EMPTY, FloatArray, Grid, Histogram
from audit_pipeline.profiles.moments import kish_rows, mean_and_deviation
from audit_pipeline.profiles.profile import UNIT, ExactSums
from audit_pipeline_tests.profiles.by_hand import histogram


def counted(values: FloatArray, grid: Grid) -> tuple[ExactSums, Histogram]:
    """Return the exact sums of values and their histogram, as an engine would make them."""
    away = (values - grid.centre) / grid.scale
    bins, first, counts = np.unique(
        np.floor(np.arcsinh(away) * grid.resolution).astype(np.int64),
        return_index=True,
        return_counts=True,
    )
    sums = ExactSums(
        weight=len(values) * UNIT,
        weight_squares=len(values) * UNIT,
        first=sum(math.floor(z * UNIT + 0.5) for z in away.tolist()),
        second=sum(math.floor(z * z * UNIT + 0.5) for z in away.tolist()),
    )
    return sums, Histogram(
        bins=bins,
        counts=counts,
        mass=counts.astype(np.float64),
        lows=values[first],
        highs=values[first + counts - 1],
    )


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 2**32 - 1),
    centre=st.sampled_from([0.0, 1.0, -1e9, 1e9, 3e-300]),
    spread=st.sampled_from([1.0, 1e-6, 1e6, 1e-9]),
    away=st.sampled_from([0.0, 1.0, 300.0, -1e5]),
)
def test_mean_and_deviation_are_near_those_of_the_rows(
    seed: int, centre: float, spread: float, away: float
) -> None:
    random = np.random.default_rng(seed)
    values = np.sort(centre + spread * (away + random.normal(0, 1, 500)))
    grid = Grid(centre=centre, scale=spread)
    mean, deviation = mean_and_deviation(*_in_order(values, grid))
    offsets = values - centre  # so that NumPy keeps digits, too
    reach = spread * (1 + abs(away))
    assert mean is not None
    assert deviation is not None
    assert abs(mean - centre - offsets.mean()) <= 1e-6 * reach + 1e-15 * abs(centre)
    assert abs(deviation - offsets.std()) <= 1e-6 * reach


def _in_order(values: FloatArray, grid: Grid) -> tuple[ExactSums, Grid, Histogram]:
    sums, found = counted(values, grid)
    return sums, grid, found


def test_a_constant_off_the_centre_has_no_spread() -> None:
    grid = Grid(centre=0.0, scale=0.3)
    mean, deviation = mean_and_deviation(*_in_order(np.full(1000, 1e6 / 3), grid))
    assert (mean, deviation) == (1e6 / 3, 0.0)


def test_far_from_the_centre_the_bins_know_the_spread_better_than_the_sums() -> None:
    # a million scales out the squares are rounded by more than the spread of a thousandth
    values = np.sort(np.random.default_rng(3).normal(1e6, 1e-3, 1000))
    _, deviation = mean_and_deviation(*_in_order(values, Grid(centre=0.0, scale=1.0)))
    assert deviation is not None
    assert deviation < 0.01


def test_no_finite_number_has_no_mean() -> None:
    assert mean_and_deviation(None, Grid(centre=0.0, scale=1.0), EMPTY) == (None, None)


def test_what_has_no_double_is_none() -> None:
    grid = Grid(centre=0.0, scale=1.0)
    assert mean_and_deviation(None, grid, histogram({-1e300: 1, 1e300: 1})) == (0.0, None)


@pytest.mark.parametrize(
    ("weights", "rows"), [((1.0, 1.0), 2.0), ((3.0, 1.0), 1.6), ((0.5, 0.5, 1.0), 8 / 3), ((), 0.0)]
)
def test_kishs_effective_rows_by_hand(weights: tuple[float, ...], rows: float) -> None:
    units = [round(w * UNIT) for w in weights], [round(w * w * UNIT) for w in weights]
    assert kish_rows(sum(units[0]), sum(units[1])) == pytest.approx(rows)

"""Bins of a grid: every number lies between the edges of the bin that counts it."""

import itertools

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit_pipeline.profiles.counting.places import grid_bin
from audit_pipeline.profiles.histogram import EMPTY, Grid, HeavyBin, Histogram, align
from audit_pipeline.profiles.planner import HEAVY, heavy_bins
from audit_pipeline_tests.profiles.tables import numeric

ROUNDING = 1e-9
"""Share of a number, or of the grid's scale, by which a computed edge may be off."""


def bins_of(values: list[float], grid: Grid) -> np.ndarray:
    rows = ibis.memtable(pa.table({"x": pa.array(values, pa.float64())}))
    found: np.ndarray = rows.mutate(bin=grid_bin(rows.x, grid)).to_pyarrow()["bin"].to_numpy()
    return found


def assert_within_edges(values: list[float], grid: Grid) -> None:
    bins = bins_of(values, grid)
    lows, highs = grid.edges(bins), grid.edges(bins + 1)
    slack = ROUNDING * np.maximum(np.abs(values), grid.scale + abs(grid.centre))
    assert np.all(lows - slack <= values)
    assert np.all(values < highs + slack)


NUMBERS = st.lists(st.floats(-1e200, 1e200), min_size=1, max_size=50)
GRIDS = st.builds(
    Grid,
    centre=st.floats(-1e6, 1e6),
    scale=st.floats(1e-3, 1e6),
    resolution=st.sampled_from([1, 10, 1000]),
)


@settings(max_examples=60)
@given(values=NUMBERS, grid=GRIDS)
def test_every_number_lies_between_the_edges_of_its_bin(values: list[float], grid: Grid) -> None:
    assert_within_edges(values, grid)


@settings(max_examples=60)
@given(
    values=st.lists(st.floats(-50, 50), min_size=1, max_size=50),
    cuts=st.lists(st.integers(-400, 400), min_size=1, max_size=5, unique=True),
    inner=st.tuples(st.floats(0, 0.4), st.floats(0.6, 1)),
)
def test_every_number_lies_between_the_edges_of_its_part_of_a_heavy_bin(
    values: list[float], cuts: list[int], inner: tuple[float, float]
) -> None:
    plain = Grid(centre=0.5, scale=2.0, resolution=100)
    heavy = []
    for cut in sorted(cuts):
        low, high = plain.edges(np.array([cut, cut + 1]))
        width = high - low
        heavy.append(HeavyBin(bin=cut, low=low + inner[0] * width, high=low + inner[1] * width))
    grid = Grid(centre=0.5, scale=2.0, resolution=100, heavy=tuple(heavy))
    within = [b.low + share * (b.high - b.low) for b in heavy for share in (0.0, 0.1, 0.999, 1.0)]
    assert_within_edges([*values, *within], grid)


@settings(max_examples=30)
@given(values=NUMBERS, grid=GRIDS)
def test_larger_numbers_stand_in_later_bins(values: list[float], grid: Grid) -> None:
    bins = bins_of(sorted(values), grid).tolist()
    assert all(first <= second for first, second in itertools.pairwise(bins))


def test_the_bins_of_a_plain_grid_are_those_worked_by_hand() -> None:
    grid = Grid(centre=10.0, scale=1.0, resolution=1)
    # asinh(1) is 0.88 and asinh(2) 1.44, so 12 is one bin further; below the centre they mirror
    assert bins_of([10.0, 11.0, 12.0, 9.0, 8.0], grid).tolist() == [0, 0, 1, -1, -2]
    assert grid.edges(np.array([0, 1])).tolist() == [10.0, 10 + np.sinh(1)]


def test_a_heavy_bin_is_counted_in_a_thousand_parts() -> None:
    grid = Grid(centre=0.0, scale=1.0, resolution=1, heavy=(HeavyBin(bin=0, low=0.0, high=1.0),))
    assert bins_of([0.0, 0.0015, 0.5, 1.0, 1.1, 2.0, -1.0], grid).tolist() == [
        0,
        1,
        500,
        999,
        999,  # beyond the heavy part, still of bin 0
        1000,
        -1000,
    ]
    edges = grid.edges(np.array([0, 1, 500, 1000, -1000]))
    assert edges.tolist() == [0.0, 0.001, 0.5, np.sinh(1), np.sinh(-1)]


def test_a_column_with_much_of_its_rows_in_one_bin_is_refined_there() -> None:
    random = np.random.default_rng(2)
    # half of the rows within a thousandth of the spread of the other half
    values = np.concatenate([random.uniform(0, 0.0005, 5_000), random.normal(0, 1, 5_000)])
    column = numeric(values)
    assert column.grid.heavy
    assert column.histogram.rows == 10_000
    assert column.histogram.shares.max() < HEAVY


def test_only_a_bin_of_several_values_with_a_large_share_is_heavy() -> None:
    grid = Grid(centre=0.0, scale=1.0, resolution=1)
    # bin 0 has one value only, bin 1 two, bin 2 but a thousandth of the rows
    values = np.array([0.5] * 500 + [1.5] * 400 + [2.0] * 99 + [5.0])
    assert heavy_bins(values, grid) == (HeavyBin(bin=1, low=1.5, high=2.0),)


def test_all_that_lies_farther_than_bins_go_is_in_the_last_of_them() -> None:
    grid = Grid(centre=0.0, scale=1e-3)
    bins = bins_of([-1e308, -1e200, -1e146, 1e146, 1e200, 1e308], grid)
    assert bins.tolist()[:2] == [-grid.last] * 2
    assert bins.tolist()[4:] == [grid.last] * 2
    assert np.all(np.abs(bins[2:4]) < grid.last)
    assert grid.edges(np.array([-grid.last, grid.last + 1])).tolist() == [-np.inf, np.inf]


def histogram(bins: list[int], counts: list[int]) -> Histogram:
    values = np.array(bins, np.float64)
    return Histogram(
        bins=np.array(bins),
        counts=np.array(counts),
        mass=np.array(counts, np.float64),
        lows=values,
        highs=values + 0.5,
    )


def test_shares_middles_and_widths_are_per_bin() -> None:
    found = histogram([0, 4], [1, 3])
    assert found.rows == 4
    assert found.shares.tolist() == [0.25, 0.75]
    assert found.middles.tolist() == [0.25, 4.25]
    assert found.widths.tolist() == [0.5, 0.5]
    assert EMPTY.rows == 0


def test_two_histograms_stand_side_by_side_over_the_union_of_their_bins() -> None:
    both = align(histogram([0, 1], [1, 1]), histogram([1, 5], [1, 3]))
    assert both.bins.tolist() == [0, 1, 5]
    assert both.first.tolist() == [0.5, 0.5, 0.0]
    assert both.second.tolist() == [0.0, 0.25, 0.75]
    assert both.first_lows.tolist() == both.second_lows.tolist() == [0.0, 1.0, 5.0]
    assert both.second_highs.tolist() == pytest.approx([0.5, 1.5, 5.5])

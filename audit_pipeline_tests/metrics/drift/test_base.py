"""Common bins and the interval of a chi-squared statistic."""

import numpy as np
import pytest
from scipy.stats import ncx2

from audit_pipeline.metrics.base import TooLittleDataError, UnmeasurableError
from audit_pipeline.metrics.drift.base import (
    category_bins,
    common_bins,
    decile_bins,
    grid_edges,
    noncentrality,
    require_rows,
    require_values,
)
from audit_pipeline.profiles.histogram import Grid
from audit_pipeline_tests.metrics.profiles import GRID, categorical, histogram, numeric


def test_even_values_fall_into_ten_even_bins() -> None:
    ours = histogram(np.arange(1000) / 100)
    bins = decile_bins(ours, ours, GRID)
    assert len(bins.expected) == 10
    assert bins.expected == pytest.approx(np.full(10, 0.1), abs=0.011)
    assert bins.detail["edges"] == pytest.approx(np.arange(1, 10), abs=0.011)


def test_the_edges_part_the_values_as_the_shares_say() -> None:
    baseline, current = np.random.default_rng(1).normal(size=(2, 500))
    bins = decile_bins(histogram(baseline), histogram(current), GRID)
    counted, _ = np.histogram(current, [-np.inf, *bins.detail["edges"], np.inf])  # type: ignore[misc]
    assert counted / 500 == pytest.approx(bins.actual)


def test_a_constant_baseline_keeps_its_value_apart_from_lower_and_higher_ones() -> None:
    bins = decile_bins(histogram([5.0] * 40), histogram([3.0] * 10 + [5.0] * 20 + [7.0] * 10), GRID)
    assert bins.expected.tolist() == [0, 1, 0]
    assert bins.actual.tolist() == [0.25, 0.5, 0.25]


def test_a_heavy_zero_is_a_bin_of_its_own() -> None:
    baseline = histogram([0.0] * 60 + list(range(1, 41)))
    bins = decile_bins(baseline, histogram([-0.5] * 10), GRID)
    assert bins.expected[:2] == pytest.approx([0, 0.6])
    assert bins.actual[:2].tolist() == [1, 0]


def test_edges_beyond_all_numbers_stay_numbers() -> None:
    assert np.isfinite(grid_edges(Grid(centre=0.0, scale=1e300), np.array([10**6, -(10**6)]))).all()


def test_categories_of_either_side_are_bins_and_rare_ones_are_not_named() -> None:
    bins = category_bins(
        categorical({"a": 30, "b": 10}, folded=10), categorical({"a": 20, "c": 5}, folded=25)
    )
    assert bins.expected.tolist() == [0.6, 0.2, 0.0, 0.2]
    assert bins.actual.tolist() == [0.4, 0.0, 0.1, 0.5]
    named = bins.detail["categories"]
    assert [line["category"] for line in named] == ["a", "b"]  # type: ignore[attr-defined]
    assert bins.detail["unnamed_categories"] == 1


def test_a_column_that_changed_its_kind_cannot_be_compared() -> None:
    with pytest.raises(UnmeasurableError, match="numeric on one side"):
        common_bins(numeric([1.0]), categorical({"1": 1}))


def test_no_rows_and_no_values_are_told_apart() -> None:
    full = numeric([1.0] * 40)
    with pytest.raises(UnmeasurableError, match="no rows in the window"):
        require_values(full, numeric([]))
    with pytest.raises(UnmeasurableError, match="no usable value in the baseline: 2 null, 1 NaN"):
        require_values(numeric([None, None, float("nan")]), full)


def test_few_rows_are_too_little_data() -> None:
    with pytest.raises(TooLittleDataError, match="29 effective rows in the window"):
        require_rows(numeric([1.0] * 30), numeric([1.0] * 29))


@pytest.mark.parametrize("bins", [2, 3, 6, 10, 20])
@pytest.mark.parametrize("drift", [0.1, 2.0, 30.0, 1000.0])
def test_the_interval_holds_the_drift_as_often_as_it_says(bins: int, drift: float) -> None:
    statistics = np.linspace(0, (np.sqrt(drift + bins) + 5) ** 2, 2000)
    found = [noncentrality(float(statistic), bins) for statistic in statistics]
    holding = statistics[[one.low <= drift <= one.high for one in found]]
    chances = ncx2.cdf([max(holding.min(), 1e-12), holding.max()], bins - 1, drift)
    assert chances[1] - chances[0] >= 0.945


def test_one_bin_cannot_differ() -> None:
    assert noncentrality(0.0, 1).high == 0.0

"""What comparisons with the baseline share: who can be compared, over which bins, how surely."""

import math
from dataclasses import dataclass

import numpy as np

from audit_pipeline.domain.measurement import Interval, Json
from audit_pipeline.metrics.base import Reading, TooLittleDataError, UnmeasurableError
from audit_pipeline.metrics.proportions.base import Z
from audit_pipeline.profiles.histogram import FloatArray, Grid, Histogram, IntArray
from audit_pipeline.profiles.profile import CategoricalColumn, Column, NumericColumn

MINIMUM_ROWS = 30
"""Fewer effective rows than this have no shape worth comparing bin by bin."""
DECILES = np.arange(1, 10) / 10
ALONE = 0.1
"""A grid bin of this share of the baseline is a bin of its own."""
LARGEST_EDGE = float(np.finfo(np.float64).max)
SMALLEST_NAMED = 10
"""A category of fewer rows than this, in baseline and window, is not named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bins:
    """Two distributions over the same bins: shares of the baseline and of the window."""

    expected: FloatArray
    actual: FloatArray
    detail: dict[str, Json]
    """What the bins are: `edges` of a numeric column, `categories` of a categorical one."""


def require_values(baseline: Column, current: Column) -> None:
    """Let two columns pass that both hold a value.

    Raises:
        UnmeasurableError: One of them has no rows, or no usable value in them.
    """
    for column, where in ((baseline, "the baseline"), (current, "the window")):
        if not column.rows:
            raise UnmeasurableError(f"{column.name} has no rows in {where}")
        if valued(column) == 0:
            reasons = ", ".join(f"{count} {reason}" for reason, count in column.missing.items())
            raise UnmeasurableError(f"{column.name} has no usable value in {where}: {reasons}")


def require_rows(baseline: Column, current: Column) -> None:
    """Let two columns pass that both hold enough values to compare bin by bin.

    Raises:
        UnmeasurableError: One of them holds no value.
        TooLittleDataError: One of them holds fewer than `MINIMUM_ROWS` effective rows.
    """
    require_values(baseline, current)
    for column, where in ((baseline, "the baseline"), (current, "the window")):
        if column.effective_rows < MINIMUM_ROWS:
            raise TooLittleDataError(
                f"{column.name} has {column.effective_rows:.0f} effective rows in {where};"
                f" at least {MINIMUM_ROWS} are needed"
            )


def valued(column: Column) -> int:
    """Return the rows that hold a usable value."""
    return column.rows - sum(column.missing.values())


def drift_reading(
    baseline: Column,
    current: Column,
    value: float,
    *,
    interval: Interval | None,
    error_bound: float = 0.0,
    detail: dict[str, Json],
) -> Reading:
    """Return the reading of a comparison, with the rows of both sides."""
    sides = {"baseline_rows": baseline.rows, "baseline_used": valued(baseline)}
    return Reading(
        value=value,
        rows=current.rows,
        used=valued(current),
        left_out=current.missing,
        interval=interval,
        error_bound=error_bound,
        detail={**detail, **sides},
    )


def common_bins(baseline: Column, current: Column) -> Bins:
    """Return both columns over common bins: deciles of the baseline, or the categories.

    Raises:
        UnmeasurableError: One column is numeric and the other is not.
    """
    if isinstance(baseline, NumericColumn) and isinstance(current, NumericColumn):
        return decile_bins(baseline.histogram, current.histogram, baseline.grid)
    if isinstance(baseline, CategoricalColumn) and isinstance(current, CategoricalColumn):
        return category_bins(baseline, current)
    raise UnmeasurableError(f"{current.name} is numeric on one side and categorical on the other")


def decile_bins(baseline: Histogram, current: Histogram, grid: Grid) -> Bins:
    """Return both histograms over the deciles of the baseline, moved to the grid's boundaries.

    A grid bin that alone holds a tenth of the baseline is cut out on both sides, so that a heavy
    value (such as zero) never shares a bin with values the baseline did not have. The shares are
    therefore exact; bins may number up to 19.
    """
    total = np.cumsum(baseline.shares)
    holding = np.unique(np.searchsorted(total, DECILES - 1e-12))  # where each decile falls
    alone = holding[baseline.shares[holding] >= ALONE - 1e-12]
    # a cut of b lies between grid bin b - 1 and grid bin b
    cuts = np.union1d(baseline.bins[holding] + 1, baseline.bins[alone])
    edges = grid_edges(grid, cuts)

    def shares(histogram: Histogram) -> FloatArray:
        places = np.searchsorted(cuts, histogram.bins, side="right")
        found = np.bincount(places, weights=histogram.shares, minlength=len(cuts) + 1)
        return np.asarray(found, np.float64)

    expected, actual = shares(baseline), shares(current)
    detail: dict[str, Json] = {
        "edges": edges,
        "expected": expected.tolist(),
        "actual": actual.tolist(),
    }
    return Bins(expected=expected, actual=actual, detail=detail)


def grid_edges(grid: Grid, cuts: IntArray) -> list[float]:
    """Return the values at which the grid bins `cuts` begin, none of them infinite."""
    return [float(v) for v in np.clip(grid.edges(cuts), -LARGEST_EDGE, LARGEST_EDGE)]


def category_bins(baseline: CategoricalColumn, current: CategoricalColumn) -> Bins:
    """Return both columns over the union of their categories, the folded tail as one of them."""
    names = sorted({*baseline.counts, *current.counts})

    def shares(column: CategoricalColumn) -> FloatArray:
        mass = np.array([*(column.mass.get(name, 0.0) for name in names), column.folded_mass])
        return np.asarray(mass / mass.sum(), np.float64)

    expected, actual = shares(baseline), shares(current)
    most = [max(baseline.counts.get(n, 0), current.counts.get(n, 0)) for n in names]
    detail: dict[str, Json] = {
        "categories": [
            {"category": name, "expected": float(before), "actual": float(now)}
            for name, rows, before, now in zip(names, most, expected[:-1], actual[:-1], strict=True)
            if rows >= SMALLEST_NAMED
        ],
        "unnamed_categories": sum(rows < SMALLEST_NAMED for rows in most),
        "folded": {"expected": float(expected[-1]), "actual": float(actual[-1])},
    }
    return Bins(expected=expected, actual=actual, detail=detail)


def sampling(baseline: Column, current: Column) -> float:
    """Return `1/n + 1/m` of the effective rows: the variance that sampling alone brings."""
    return 1 / baseline.effective_rows + 1 / current.effective_rows


def noncentrality(statistic: float, bins: int) -> Interval:
    """Return the 95 % interval of the drift behind a chi-squared statistic over `bins` bins.

    Population stability index, Jensen-Shannon divergence and chi-squared are, near no drift, all
    `(1/n + 1/m)` times a non-central chi-squared with `bins - 1` degrees of freedom; this is the
    interval of its non-centrality. The root of the statistic is nearly normal with a standard
    deviation of at most 1 (Patnaik 1949, Biometrika 36, 202-232); where two ways to centre it
    differ, the wider end is taken. The lower end is 0 where the statistic is no larger than
    sampling alone can make it.

    >>> noncentrality(100.0, 2).low == (10 - Z) ** 2
    True
    >>> noncentrality(1.0, 2).low
    0.0
    """
    if bins < 2:  # noqa: PLR2004 (one bin cannot differ)
        return Interval(low=0.0, high=0.0)
    shift = (bins - 2) / 2
    root = math.sqrt(max(statistic - shift, 0.0))
    low = max(root - Z, 0.0) ** 2 - shift
    high = max((root + Z) ** 2 - shift, (math.sqrt(statistic) + Z) ** 2 - 2 * shift)
    return Interval(low=max(low, 0.0), high=max(high, statistic))


def root_reading(
    baseline: Column, current: Column, bins: Bins, squared: float, unit: float
) -> Reading:
    """Return the reading of a root, whose square is near no drift `unit` times chi-squared."""
    reach = noncentrality(squared / unit, int(np.count_nonzero(bins.expected + bins.actual)))
    value = math.sqrt(squared)
    high = max(value, min(1.0, math.sqrt(reach.high * unit)))  # rounding must not bring it below
    interval = Interval(low=math.sqrt(reach.low * unit), high=high)
    return drift_reading(baseline, current, value, interval=interval, detail=bins.detail)

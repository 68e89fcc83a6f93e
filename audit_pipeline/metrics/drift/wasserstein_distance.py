"""How far a column's values have moved on average, in standard deviations of the baseline."""

import math
from dataclasses import dataclass

import numpy as np

from audit_pipeline.domain.limit import Limit
from audit_pipeline.domain.measurement import Interval
from audit_pipeline.metrics.base import Metric, Reading, TooLittleDataError, UnmeasurableError
from audit_pipeline.metrics.drift.base import (
    drift_reading,
    require_rows,
    sampling,
)
from audit_pipeline.metrics.proportions.base import Z
from audit_pipeline.metrics.scopes import CompareNumeric
from audit_pipeline.profiles.histogram import FloatArray, Histogram
from audit_pipeline.profiles.profile import UNIT, NumericColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """The distance between two weighted sets of points, and what its sampling error follows from.

    `variances` are those of one row of each side; `noise`, times `sqrt(1/n + 1/m)`, is the distance
    to be expected between two samples of the same distribution.
    """

    distance: float
    variances: tuple[float, float]
    noise: float


def transport(values: FloatArray, first: FloatArray, second: FloatArray) -> Transport:
    """Return the area between the distribution functions of shares at ascending `values`.

    The sampling variance follows from the influence function: a row at x moves the distance by
    `S(x)`, the integral up to x of the sign of the difference of the two functions. The noise is
    `sqrt(2/pi)` times the integral of `sqrt(H (1 - H))`, H their mean.

    >>> transport(np.array([0.0, 3.0]), np.array([1.0, 0.0]), np.array([0.0, 1.0])).distance
    3.0
    """
    gaps = np.diff(values)
    before, after = np.cumsum(first)[:-1], np.cumsum(second)[:-1]
    lead = np.concatenate([[0.0], np.cumsum(np.sign(before - after) * gaps)])

    def variance(shares: FloatArray) -> float:
        return float(np.sum(shares * (lead - np.sum(shares * lead)) ** 2))

    pooled = np.clip((before + after) / 2, 0.0, 1.0)
    return Transport(
        distance=float(np.sum(np.abs(before - after) * gaps)),
        variances=(variance(first), variance(second)),
        noise=math.sqrt(2 / math.pi) * float(np.sum(np.sqrt(pooled * (1 - pooled)) * gaps)),
    )


def points(baseline: Histogram, current: Histogram) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return ascending values and both sides' shares there, each bin's rows at its middle."""
    values, place = np.unique(
        np.concatenate([baseline.middles, current.middles]), return_inverse=True
    )
    first, second = np.zeros(len(values)), np.zeros(len(values))
    np.add.at(first, place[: len(baseline.bins)], baseline.shares)
    np.add.at(second, place[len(baseline.bins) :], current.shares)
    return values, first, second


def grid_error(histogram: Histogram) -> float:
    """Return how far, at most and on average, rows lie from the middle of their bin."""
    return float(np.sum(histogram.shares * histogram.widths)) / 2


def spread_error(column: NumericColumn) -> float:
    """Return how far, at most, a column's standard deviation is from that of its rows.

    That of the bins' middles is off by the root mean square of the way from a row to its middle
    (triangle inequality), that of exact sums by the rounding of each row; the surer one is used.
    """
    found, spread, grid = column.histogram, column.standard_deviation, column.grid
    by_bins = math.sqrt(float(np.sum(found.shares * found.widths**2))) / 2
    sums = column.sums
    if sums is None or sums.second is None or not spread or column.mean is None:
        return by_bins
    rounded = found.rows / float(found.mass.sum()) / (2 * UNIT)
    away = abs(column.mean - grid.centre) / grid.scale
    return min(by_bins, grid.scale**2 * rounded * (1 + 2 * away) / spread)


def ratio_error(distance: float, error: float, column: NumericColumn, spread: float) -> float:
    """Return how far, at most, `distance / spread` is from the exact one."""
    least = max(spread - spread_error(column), spread / 2)
    return (distance + error) / least - distance / spread


def _spread(baseline: NumericColumn, *, moved: bool) -> float:
    """Return what to measure a movement in; without one, any unit will do."""
    spread = baseline.standard_deviation
    if spread is None:
        raise UnmeasurableError(f"{baseline.name} holds values too large for a standard deviation")
    if spread or not moved:
        return spread or 1.0
    raise TooLittleDataError(
        f"{baseline.name} never varied in the baseline, so its movement has no standard deviation"
        " to be measured in; population_stability_index and kolmogorov_smirnov tell of it"
    )


def wasserstein_distance(baseline: NumericColumn, current: NumericColumn) -> Reading:
    """Return the first Wasserstein distance over the baseline's standard deviation, 0 or more.

    Detail holds the `distance` in the column's own unit. The error bound is the way from the rows
    to the middles of their bins (triangle inequality), and what counting can do to the standard
    deviation. The interval is the delta method's; its lower end also takes off the distance that
    sampling alone brings. The baseline's standard deviation is taken as known. A column that is
    constant in both, at one value, has not moved.

    Source: Kantorovich (1942), Vaserstein (1969); `scipy.stats.wasserstein_distance`. High risk:
    above 0.1. Limitation: a few far outliers can make all of it; look at Kolmogorov-Smirnov beside.

    Raises:
        UnmeasurableError: No finite value, or values too large.
        TooLittleDataError: One of them holds too few rows, or the baseline never varied and the
            window moved: in standard deviations of nothing that is any distance. The other drift
            metrics tell of it.
    """
    require_rows(baseline, current)
    with np.errstate(over="ignore", invalid="ignore"):
        found = transport(*points(baseline.histogram, current.histogram))
    if not all(map(math.isfinite, (found.distance, *found.variances, found.noise))):
        raise UnmeasurableError(f"{current.name} holds values too large to measure a distance of")
    error = grid_error(baseline.histogram) + grid_error(current.histogram)
    spread = _spread(baseline, moved=bool(found.distance or error))
    standard_error = math.sqrt(
        found.variances[0] / baseline.effective_rows + found.variances[1] / current.effective_rows
    )
    half = Z * standard_error + error
    noise = found.noise * math.sqrt(sampling(baseline, current))
    return drift_reading(
        baseline,
        current,
        found.distance / spread,
        interval=Interval(
            low=max(0.0, found.distance - noise - half) / spread,
            high=(found.distance + half) / spread,
        ),
        error_bound=ratio_error(found.distance, error, baseline, spread),
        detail={"distance": found.distance, "standard_deviation": baseline.standard_deviation},
    )


METRIC = Metric(
    title="Wasserstein distance",
    asset="drift",
    measure=CompareNumeric(wasserstein_distance),
    limit=Limit(warn=0.1, fail=0.25),
    unit="standard deviations",
)

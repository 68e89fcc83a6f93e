"""How far a column's values have moved on average, in standard deviations of the baseline."""

import math
from dataclasses import dataclass

import numpy as np

from audit_pipeline.domain.limit import Limit
from audit_pipeline.domain.measurement import Interval
from audit_pipeline.metrics.base import Metric, Reading, UnmeasurableError
from audit_pipeline.metrics.drift.base import (
    drift_reading,
    require_rows,
    sampling,
)
from audit_pipeline.metrics.proportions.base import Z
from audit_pipeline.metrics.scopes import CompareNumeric
from audit_pipeline.profiles.histogram import FloatArray, Histogram
from audit_pipeline.profiles.profile import NumericColumn


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


def wasserstein_distance(baseline: NumericColumn, current: NumericColumn) -> Reading:
    """Return the first Wasserstein distance over the baseline's standard deviation, 0 or more.

    Detail holds the `distance` in the column's own unit. The error bound is the way from the rows
    to the middles of their bins (triangle inequality). The interval is the delta method's; its
    lower end also takes off the distance that sampling alone brings. The baseline's standard
    deviation is taken as known.

    Source: Kantorovich (1942), Vaserstein (1969); `scipy.stats.wasserstein_distance`. High risk:
    above 0.1. Limitation: a few far outliers can make all of it; look at Kolmogorov-Smirnov beside.

    Raises:
        UnmeasurableError: No finite value, or the baseline has no spread and the window moved.
        TooLittleDataError: One of them holds too few rows.
    """
    require_rows(baseline, current)
    with np.errstate(over="ignore", invalid="ignore"):
        found = transport(*points(baseline.histogram, current.histogram))
    if not all(map(math.isfinite, (found.distance, *found.variances, found.noise))):
        raise UnmeasurableError(f"{current.name} holds values too large to measure a distance of")
    error = grid_error(baseline.histogram) + grid_error(current.histogram)
    spread = baseline.standard_deviation
    if not spread:
        if found.distance or error:
            raise UnmeasurableError(
                f"{baseline.name} never varied in the baseline, so its movement of"
                f" {found.distance:.4g} has no standard deviation to be measured in"
            )
        spread = 1.0  # constant and unchanged: no drift, in any unit
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
        error_bound=error / spread,
        detail={"distance": found.distance, "standard_deviation": baseline.standard_deviation},
    )


METRIC = Metric(
    title="Wasserstein distance",
    asset="drift",
    measure=CompareNumeric(wasserstein_distance),
    limit=Limit(warn=0.1, fail=0.25),
    unit="standard deviations",
)

"""Mean, standard deviation and effective rows of a column, from what a profile keeps of it.

All is read from whole numbers and bins, never added up row by row, so the profile of a day has the
same mean whether it was counted at once or merged of its hours.
"""

import math
from dataclasses import dataclass

import numpy as np

from audit_pipeline.profiles.histogram import FloatArray, Grid, Histogram
from audit_pipeline.profiles.profile import UNIT, ExactSums

ROUNDING = 4 * float(np.finfo(np.float64).eps)
"""What a sum of doubles loses at most, as a share of what is added."""

TINY = 1e-140
"""The square of a smaller number has no double, or few digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Estimate:
    """A number, and how far it can at most be from that of the rows."""

    value: float
    bound: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    mean: _Estimate
    deviation: _Estimate | None


def mean_and_deviation(
    sums: ExactSums | None, grid: Grid, histogram: Histogram
) -> tuple[float | None, float | None]:
    """Return a column's mean and population standard deviation, in the column's unit.

    `mean = centre + scale * first / weight`, and the deviation is `scale` times the root of
    `second / weight - (first / weight)^2`, in whole numbers throughout; or, where that is surer,
    both are those of the bins' middles: sums lose up to half of `scale / UNIT` a row, bins half
    their width. A column of single values to a bin is exact either way.

    Both are None where no finite number was counted, one alone where it has no double.

    >>> import numpy as np
    >>> two = {"lows": np.array([1.0, 3.0]), "highs": np.array([1.0, 3.0]), "mass": np.ones(2)}
    >>> numbers = Histogram(bins=np.array([0, 1100]), counts=np.ones(2, np.int64), **two)
    >>> mean_and_deviation(None, Grid(centre=1.0, scale=1.0), numbers)
    (2.0, 1.0)
    """
    if not histogram.rows:
        return None, None
    with np.errstate(over="ignore", invalid="ignore"):
        ways = [_by_bins(grid, histogram), _by_sums(sums, grid, histogram)]
    found = [way for way in ways if way is not None]
    return _surest([way.mean for way in found]), _surest([way.deviation for way in found])


def kish_rows(weight: int, weight_squares: int) -> float:
    """Return Kish's effective rows, (sum w)^2 / sum w^2, of both sums in units of 1 / UNIT.

    Source: Kish, Survey Sampling (1965), section 8.2. 0 where nothing weighs anything.

    >>> kish_rows(4 * UNIT, 10 * UNIT)
    1.6
    """
    return weight * weight / (weight_squares * UNIT) if weight_squares else 0.0


def _surest(estimates: list[_Estimate | None]) -> float | None:
    known = [e for e in estimates if e and math.isfinite(e.value) and math.isfinite(e.bound)]
    return min(known, key=lambda each: each.bound).value if known else None


def _by_bins(grid: Grid, histogram: Histogram) -> _Way:
    """Let each bin stand for its middle, as seen from the grid's centre: offsets keep digits."""
    shares, halves = histogram.shares, histogram.widths / 2
    offsets = histogram.middles - grid.centre
    offset = float(np.sum(shares * offsets))
    reach, deviation = float(np.sum(shares * np.abs(offsets))), _norm(shares, offsets - offset)
    return _Way(
        mean=_Estimate(
            value=grid.centre + offset,
            bound=float(np.sum(shares * halves)) + ROUNDING * reach,
        ),
        deviation=_Estimate(
            value=deviation,  # the triangle inequality, between rows and middles
            bound=_norm(shares, halves) + ROUNDING * _norm(shares, offsets),
        ),
    )


def _norm(shares: FloatArray, values: FloatArray) -> float:
    unit = float(np.max(np.abs(values)))
    if not 0 < unit < TINY:
        unit = 1.0
    scaled = values / unit  # else the squares of tiny numbers would be 0, and they no spread
    return unit * float(np.sqrt(np.sum(shares * scaled * scaled)))


def _by_sums(sums: ExactSums | None, grid: Grid, histogram: Histogram) -> _Way | None:
    if sums is None or sums.first is None or not sums.weight:
        return None
    mean = sums.first / sums.weight
    away = np.abs(histogram.middles - grid.centre) + histogram.widths
    lost = histogram.rows / sums.weight / 2
    lost_first = lost + ROUNDING * float(np.sum(histogram.shares * away)) / grid.scale
    return _Way(
        mean=_Estimate(value=grid.centre + grid.scale * mean, bound=grid.scale * lost_first),
        deviation=_deviation(sums, grid.scale, lost, abs(mean) * lost_first),
    )


def _deviation(sums: ExactSums, scale: float, lost: float, lost_by_mean: float) -> _Estimate | None:
    if sums.first is None or sums.second is None:
        return None
    spread = max(0, sums.second * sums.weight - sums.first**2) / sums.weight**2
    lost_variance = lost + ROUNDING * sums.second / sums.weight + 2 * lost_by_mean
    root = math.sqrt(spread)
    bound = min(math.sqrt(lost_variance), lost_variance / root if root else math.inf)
    return _Estimate(value=scale * root, bound=scale * (bound + ROUNDING * root))

"""How far a column has moved from its baseline, as the largest gap between the distributions."""

import math
from dataclasses import dataclass

import numpy as np

from audit_pipeline.domain.limit import Limit
from audit_pipeline.domain.measurement import Interval
from audit_pipeline.metrics.base import Metric, Reading
from audit_pipeline.metrics.drift.base import drift_reading, require_values, sampling
from audit_pipeline.metrics.scopes import CompareNumeric
from audit_pipeline.profiles.histogram import AlignedHistograms, align
from audit_pipeline.profiles.profile import NumericColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class LargestGap:
    """The gap that is certain, the gap that is possible, and the bin of the first."""

    certain: float
    possible: float
    bin: int


def largest_gap(both: AlignedHistograms) -> LargestGap:
    """Return the largest gap between two distribution functions, as far as bins can tell.

    At the end of every bin the gap `d` is exact. Inside a bin it moves from `d0` to `d1` by first's
    share `p` and second's share `q`, and reaches at most `d0 + p`, if first's rows can come before
    second's last, and at least `d0 - q`, if second's can come before first's last. It certainly
    reaches them where the two ranges do not overlap. So a bin of a single value adds no doubt.
    """
    d1 = np.cumsum(both.first - both.second)
    d1[-1] = 0.0  # both sum to one; rounding must not be taken for a gap
    d0 = np.concatenate([[0.0], d1[:-1]])
    up, down = d0 + both.first, d0 - both.second
    ends = np.maximum(np.abs(d0), np.abs(d1))

    first_before = both.first_highs < both.second_lows
    second_before = both.second_highs < both.first_lows
    certain = np.maximum(
        ends, np.where(first_before, np.abs(up), np.where(second_before, np.abs(down), 0.0))
    )
    could_rise = both.first_lows < both.second_highs
    could_fall = both.second_lows < both.first_highs
    possible = np.maximum.reduce(
        [certain, np.where(could_rise, np.abs(up), 0.0), np.where(could_fall, np.abs(down), 0.0)]
    )
    return LargestGap(
        certain=min(1.0, float(certain.max())),
        possible=min(1.0, float(possible.max())),
        bin=int(np.argmax(certain)),
    )


def kolmogorov_smirnov(baseline: NumericColumn, current: NumericColumn) -> Reading:
    """Return the two-sample Kolmogorov-Smirnov statistic, between 0 (same) and 1 (apart).

    Detail holds where the gap is largest (the middle of that bin) and the asymptotic p-value. The
    number is the gap that is certain; the error bound is what overlapping rows within a bin could
    add, and nothing where bins hold single values. The interval adds the Dvoretzky-Kiefer-Wolfowitz
    bounds of both sides (Massart 1990, Annals of Probability 18, 1269-1283), 97.5 % each: it always
    holds, and is wide.

    Source: Kolmogorov (1933), Smirnov (1939); same definition as `scipy.stats.ks_2samp`. High risk:
    above 0.1 on a column the model leans on. Limitation: sees a shift of the middle better than one
    of the tails; ties make the p-value conservative.

    Raises:
        UnmeasurableError: Baseline or window holds no finite value.
    """
    require_values(baseline, current)
    both = align(baseline.histogram, current.histogram)
    gap = largest_gap(both)
    sides = (baseline.effective_rows, current.effective_rows)
    doubt = sum(math.sqrt(math.log(2 / 0.025) / (2 * rows)) for rows in sides)
    low = min(both.first_lows[gap.bin], both.second_lows[gap.bin])
    high = max(both.first_highs[gap.bin], both.second_highs[gap.bin])
    return drift_reading(
        baseline,
        current,
        gap.certain,
        interval=Interval(low=max(0.0, gap.certain - doubt), high=min(1.0, gap.possible + doubt)),
        error_bound=gap.possible - gap.certain,
        detail={
            "location": float(low + (high - low) / 2),
            "p_value": ks_p_value(gap.certain, sampling(baseline, current)),
        },
    )


def ks_p_value(statistic: float, variance: float) -> float:
    """Return the asymptotic chance of a gap as large where nothing has moved.

    `variance` is `1/n + 1/m` of the effective rows.

    >>> round(ks_p_value(1.3581, 1.0), 3)
    0.05
    """
    from scipy.special import kolmogorov  # noqa: PLC0415 (loading the definitions does not need it)

    return float(kolmogorov(statistic / math.sqrt(variance)))


METRIC = Metric(
    title="Kolmogorov-Smirnov distance",
    asset="drift",
    measure=CompareNumeric(kolmogorov_smirnov),
    limit=Limit(warn=0.1, fail=0.2),
)

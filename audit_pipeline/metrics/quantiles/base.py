"""A quantile read off a histogram, with its bound and its interval."""

import math
from dataclasses import dataclass

import numpy as np

from audit_pipeline.domain.measurement import Interval
from audit_pipeline.metrics.proportions.base import Z
from audit_pipeline.profiles.histogram import Histogram

ROUNDING = 1e-12
"""Shares are sums of floats: a share this close to the one that is asked for is that one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantile:
    """The value, and how far at most the exact one is from it."""

    value: float
    error_bound: float
    interval: Interval


def quantile(histogram: Histogram, share: float, rows: float) -> Quantile:
    """Return the least value that at least `share` of the rows do not exceed.

    The middle of the bin that holds it, with half the bin's width as the error bound. The interval
    is that of the ranks, for it needs no shape of the distribution: from the quantile at the lower
    to that at the upper end of the share's normal interval in `rows` effective rows.

    Source: same definition as `numpy.quantile(method="inverted_cdf")`; the interval: Conover,
    Practical Nonparametric Statistics (1999), section 3.2.

    >>> ends = np.array([1.0, 5.0])
    >>> two = Histogram(bins=np.array([1, 5]), counts=np.array([9, 1]), mass=np.array([9.0, 1.0]),
    ...                 lows=ends, highs=ends)
    >>> quantile(two, 0.9, 10).value, quantile(two, 0.95, 10).value
    (1.0, 5.0)
    """
    half = Z * math.sqrt(share * (1 - share) / rows)
    place, low, high = (_bin(histogram, at) for at in (share, share - half, share + half))
    return Quantile(
        value=float(histogram.middles[place]),
        error_bound=float(histogram.widths[place]) / 2,
        interval=Interval(low=float(histogram.lows[low]), high=float(histogram.highs[high])),
    )


def _bin(histogram: Histogram, share: float) -> int:
    reached = np.cumsum(histogram.shares) + ROUNDING
    return min(int(np.searchsorted(reached, share)), len(reached) - 1)

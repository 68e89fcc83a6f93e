"""How far apart two distributions are, between 0 (the same) and 1 (no value in common)."""

import math

import numpy as np

from audit_pipeline.domain.limit import Limit
from audit_pipeline.metrics.base import Metric, Reading
from audit_pipeline.metrics.drift.base import (
    common_bins,
    require_rows,
    root_reading,
    sampling,
)
from audit_pipeline.metrics.scopes import CompareColumns
from audit_pipeline.profiles.histogram import FloatArray
from audit_pipeline.profiles.profile import Column


def divergence(first: FloatArray, second: FloatArray) -> float:
    """Return the Jensen-Shannon divergence of two sets of shares in bits, between 0 and 1.

    >>> divergence(np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    1.0
    """
    middle = (first + second) / 2

    def bits(shares: FloatArray) -> float:
        there = shares > 0
        return float(np.sum(shares[there] * np.log2(shares[there] / middle[there])))

    return min(1.0, max(0.0, (bits(first) + bits(second)) / 2))


def jensen_shannon_distance(baseline: Column, current: Column) -> Reading:
    """Return the root of the Jensen-Shannon divergence in bits, between 0 and 1.

    Over the bins of the population stability index. Symmetric, and needs no floor for empty bins.

    Source: Endres and Schindelin (2003), IEEE Transactions on Information Theory 49, 1858-1860;
    same definition as `scipy.spatial.distance.jensenshannon(p, q, base=2)`. High risk: above 0.1 on
    a column the model leans on. Limitation: blind to movement within a bin, and, as a root, rises
    steeply from zero: 0.03 is common between samples of a few thousand rows.

    Raises:
        UnmeasurableError: Baseline or window holds no value.
        TooLittleDataError: One of them holds too few.
    """
    require_rows(baseline, current)
    bins = common_bins(baseline, current)
    bits = divergence(bins.expected, bins.actual)
    unit = sampling(baseline, current) / (8 * math.log(2))  # close by, divergence = chi2 / 8 nats
    return root_reading(baseline, current, bins, bits, unit)


METRIC = Metric(
    title="Jensen-Shannon distance",
    asset="drift",
    measure=CompareColumns(jensen_shannon_distance),
    limit=Limit(warn=0.1, fail=0.2),
)

"""How little two distributions overlap, between 0 (the same) and 1 (no value in common)."""

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


def squared_distance(first: FloatArray, second: FloatArray) -> float:
    """Return half the squared distance of the roots of two sets of shares, between 0 and 1.

    Equal to one less their overlap, the sum of `sqrt(p * q)`, and closer near 0 than that.

    >>> squared_distance(np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    1.0
    """
    return min(1.0, float(np.sum((np.sqrt(first) - np.sqrt(second)) ** 2)) / 2)


def hellinger_distance(baseline: Column, current: Column) -> Reading:
    """Return the Hellinger distance of a column from its baseline, between 0 and 1.

    Over the bins of the population stability index, in which both sides' shares are exact.
    Symmetric, and needs no floor for empty bins.

    Source: Hellinger (1909), Journal fuer die reine und angewandte Mathematik 136, 210-271;
    `sqrt(1 - sum(sqrt(p * q)))`. High risk: above 0.1 on a column the model leans on. Limitation:
    blind to movement within a bin, and, as a root, rises steeply from zero: 0.03 is common between
    samples of a few thousand rows, which the interval's lower end takes into account.

    Raises:
        UnmeasurableError: Baseline or window holds no value.
        TooLittleDataError: One of them holds too few.
    """
    require_rows(baseline, current)
    bins = common_bins(baseline, current)
    squared = squared_distance(bins.expected, bins.actual)
    unit = sampling(baseline, current) / 8  # close by, the squared distance is chi2 / 8
    return root_reading(baseline, current, bins, squared, unit)


METRIC = Metric(
    title="Hellinger distance",
    asset="drift",
    measure=CompareColumns(hellinger_distance),
    limit=Limit(warn=0.1, fail=0.2),
)

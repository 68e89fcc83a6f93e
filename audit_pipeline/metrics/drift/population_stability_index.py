"""How far a column's distribution has moved from the baseline's, bin by bin."""

import numpy as np

from audit_pipeline.domain.limit import Limit
from audit_pipeline.domain.measurement import Interval
from audit_pipeline.metrics.base import Metric, Reading
from audit_pipeline.metrics.drift.base import (
    common_bins,
    drift_reading,
    noncentrality,
    require_rows,
    sampling,
)
from audit_pipeline.metrics.scopes import CompareColumns
from audit_pipeline.profiles.histogram import FloatArray
from audit_pipeline.profiles.profile import Column

FLOOR = 1e-4
"""The least share a bin is taken to have: the logarithm of an empty one does not exist."""


def stability_index(expected: FloatArray, actual: FloatArray) -> float:
    """Return `sum((a - e) * ln(a / e))` over the bins' shares, 0 or more.

    >>> float(round(stability_index(np.array([0.5, 0.5]), np.array([0.75, 0.25])), 4))
    0.2747
    """
    e, a = np.maximum(expected, FLOOR), np.maximum(actual, FLOOR)
    return float(np.sum((a - e) * np.log(a / e)))


def population_stability_index(baseline: Column, current: Column) -> Reading:
    """Return the population stability index of a column against its baseline, 0 or more.

    Numeric columns are compared over the deciles of the baseline, categorical ones over the union
    of the categories. Empty bins count as a share of 0.0001. Missing values are not a bin:
    `missing_share_change` tells of them. Customarily below 0.1 is stable and above 0.25 a shift.

    Source: Siddiqi, Credit Risk Scorecards (2006); its distribution without drift: Yurdakul and
    Naranjo (2020), Journal of Risk Model Validation 14(4). High risk: a large index on a column the
    model leans on. Limitation: blind to movement within a bin; with few rows it is above zero
    without any drift, which the interval's lower end takes into account; a single new value in an
    empty bin weighs heavily because of the floor.

    Raises:
        UnmeasurableError: Baseline or window holds no value.
        TooLittleDataError: One of them holds too few.
    """
    require_rows(baseline, current)
    bins = common_bins(baseline, current)
    value = stability_index(bins.expected, bins.actual)
    unit = sampling(baseline, current)
    filled = int(np.count_nonzero(bins.expected + bins.actual))
    reach = noncentrality(value / unit, filled)
    return drift_reading(
        baseline,
        current,
        value,
        interval=Interval(low=reach.low * unit, high=reach.high * unit),
        detail=bins.detail,
    )


METRIC = Metric(
    title="Population stability index",
    asset="drift",
    measure=CompareColumns(population_stability_index),
    limit=Limit(warn=0.1, fail=0.25),
)

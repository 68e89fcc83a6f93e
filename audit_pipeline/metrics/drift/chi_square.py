"""How strongly a column's categories are tied to whether a row is old or new."""

import math

import numpy as np

from audit_pipeline.domain.limit import Limit
from audit_pipeline.domain.measurement import Interval
from audit_pipeline.metrics.base import Metric, Reading
from audit_pipeline.metrics.drift.base import (
    category_bins,
    drift_reading,
    noncentrality,
    require_rows,
)
from audit_pipeline.metrics.scopes import CompareCategorical
from audit_pipeline.profiles.histogram import FloatArray
from audit_pipeline.profiles.profile import CategoricalColumn


def pearson(observed: FloatArray) -> tuple[float, float]:
    """Return Pearson's chi-squared of a table without empty lines, and its least expected count.

    >>> pearson(np.array([[10.0, 20.0], [20.0, 10.0]]))
    (6.666666666666667, 15.0)
    """
    total = observed.sum()
    expected = np.outer(observed.sum(axis=1), observed.sum(axis=0)) / total
    return float(np.sum((observed - expected) ** 2 / expected)), float(expected.min())


def chi_square(baseline: CategoricalColumn, current: CategoricalColumn) -> Reading:
    """Return Cramer's V of the table baseline/window by category, between 0 and 1.

    `V = sqrt(chi2 / N)`; detail holds Pearson's statistic, its degrees of freedom and p-value. The
    size of the effect is judged, not the p-value, which falls below any bound as rows grow.

    Source: Cramer, Mathematical Methods of Statistics (1946), section 21.9; the statistic is that
    of `scipy.stats.chi2_contingency(correction=False)`, on effective rows when weighted. High risk:
    above 0.1, or a category that came or went. Limitation: V shrinks when baseline and window are
    of very different sizes; the p-value is rough where the least expected count is below 5.

    Raises:
        UnmeasurableError: Baseline or window holds no value.
        TooLittleDataError: One of them holds too few.
    """
    require_rows(baseline, current)
    bins = category_bins(baseline, current)
    rows = baseline.effective_rows + current.effective_rows
    observed = np.vstack(
        [bins.expected * baseline.effective_rows, bins.actual * current.effective_rows]
    )
    filled = observed[:, observed.sum(axis=0) > 0]
    statistic, least = pearson(filled)
    freedom = filled.shape[1] - 1
    reach = noncentrality(statistic, filled.shape[1])
    return drift_reading(
        baseline,
        current,
        min(1.0, math.sqrt(statistic / rows)),
        interval=Interval(
            low=math.sqrt(reach.low / rows), high=min(1.0, math.sqrt(reach.high / rows))
        ),
        detail={
            "statistic": statistic,
            "degrees_of_freedom": freedom,
            "p_value": chi_square_p_value(statistic, freedom),
            "least_expected_count": least,
            **bins.detail,
        },
    )


def chi_square_p_value(statistic: float, freedom: int) -> float:
    """Return the chance of a statistic as large where nothing has moved; 1 without freedom.

    >>> round(chi_square_p_value(3.841, 1), 3)
    0.05
    """
    from scipy.special import chdtrc  # noqa: PLC0415 (loading the definitions does not need it)

    return float(chdtrc(freedom, statistic)) if freedom else 1.0


METRIC = Metric(
    title="Cramér's V of the categories (chi-squared)",
    asset="drift",
    measure=CompareCategorical(chi_square),
    limit=Limit(warn=0.1, fail=0.3),
)

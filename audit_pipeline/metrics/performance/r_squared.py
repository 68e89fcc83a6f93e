"""How much of the spread of the target the model explains."""

import math

from audit_pipeline.domain.limit import Against, Limit, Worse
from audit_pipeline.domain.measurement import Interval
from audit_pipeline.metrics.base import Metric, Reading, UnmeasurableError
from audit_pipeline.metrics.performance.base import (
    LOSS_ROUNDING,
    largest_error,
    mean_interval,
    regression_errors,
)
from audit_pipeline.metrics.scopes import WholeWindow
from audit_pipeline.profiles.counts import RegressionErrors
from audit_pipeline.profiles.profile import Profile


def r_squared(profile: Profile) -> Reading:
    """Return `1 - mean squared error / variance of the labels`, at most 1, negative if useless.

    Source: same definition as `sklearn.metrics.r2_score`. The interval is the mean squared error's,
    carried over, with the spread of the labels taken as known. High risk: a fall against the
    baseline. Limitation: falls when the labels vary less, though the errors stay the same.

    Raises:
        UnmeasurableError: No row has both a label and a prediction, or all labels are the same.
        TooLittleDataError: Too few rows have both.
    """
    errors, rows = regression_errors(profile)
    if errors.label_variance <= 0:
        raise UnmeasurableError("all labels are the same, so there is no spread to explain")
    ends = mean_interval(errors.mean_squared, errors.squared_variance, errors.effective_rows)
    return Reading(
        value=1 - errors.mean_squared / errors.label_variance,
        rows=rows.rows,
        used=rows.used,
        left_out=rows.left_out,
        interval=Interval(
            low=1 - ends.high / errors.label_variance,
            high=1 - max(0.0, ends.low) / errors.label_variance,
        ),
        error_bound=_rounding(errors, largest_error(profile, errors)),
    )


def _rounding(errors: RegressionErrors, largest: float) -> float:
    """Return what the rounding of squared errors and of labels can do; a third unit is the mean's.

    Without the span of the labels, it is no more than their variance allows for so many rows.
    """
    variance, unexplained = errors.label_variance, errors.mean_squared / errors.label_variance
    span = errors.label_span or math.sqrt(2 * errors.count * variance)
    lost = LOSS_ROUNDING * (2 * largest**2 + 3 * unexplained * span**2) / variance
    return min(1.0, lost)


METRIC = Metric(
    title="R squared",
    asset="performance",
    measure=WholeWindow(r_squared, frozenset({"regression", "labels", "predictions"})),
    limit=Limit(warn=0.05, fail=0.1, worse=Worse.LOWER, against=Against.CHANGE),
)

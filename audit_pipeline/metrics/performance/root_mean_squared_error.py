"""How far a predicted number is from the real one, where large errors weigh more."""

import math

from audit_pipeline.domain.limit import Against, Limit
from audit_pipeline.domain.measurement import Interval
from audit_pipeline.metrics.base import Metric, Reading
from audit_pipeline.metrics.performance.base import (
    LOSS_ROUNDING,
    largest_error,
    mean_interval,
    regression_errors,
)
from audit_pipeline.metrics.scopes import WholeWindow
from audit_pipeline.profiles.profile import Profile


def root_mean_squared_error(profile: Profile) -> Reading:
    """Return the root of the mean of `(prediction - label)^2`, in the target's unit, 0 or more.

    Source: same definition as `sklearn.metrics.root_mean_squared_error`; the interval is the root
    of the mean square's. High risk: a rise of a tenth against the baseline, and more so when the
    mean absolute error stays. Limitation: a few large errors can make all of it.

    Raises:
        UnmeasurableError: No row has both a label and a prediction.
        TooLittleDataError: Too few have.
    """
    errors, rows = regression_errors(profile)
    rounding = 2 * LOSS_ROUNDING * largest_error(profile, errors) ** 2
    ends = mean_interval(errors.mean_squared, errors.squared_variance, errors.effective_rows)
    value = math.sqrt(errors.mean_squared)
    return Reading(
        value=value,
        rows=rows.rows,
        used=rows.used,
        left_out=rows.left_out,
        interval=Interval(low=math.sqrt(max(0.0, ends.low)), high=math.sqrt(ends.high)),
        error_bound=value - math.sqrt(max(0.0, errors.mean_squared - rounding)),
    )


METRIC = Metric(
    title="Root mean squared error",
    asset="performance",
    measure=WholeWindow(
        root_mean_squared_error, frozenset({"regression", "labels", "predictions"})
    ),
    limit=Limit(warn=0.1, fail=0.25, against=Against.RELATIVE_CHANGE),
    unit="unit of the target",
)

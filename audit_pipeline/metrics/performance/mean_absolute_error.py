"""How far a predicted number is from the real one, on average."""

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


def mean_absolute_error(profile: Profile) -> Reading:
    """Return the mean of `|prediction - label|`, in the target's unit, 0 or more.

    Source: same definition as `sklearn.metrics.mean_absolute_error`; normal interval of a mean.
    High risk: a rise of a tenth against the baseline. Limitation: grows with the spread of the
    target, though the model has not changed; says nothing of the direction of errors.

    Raises:
        UnmeasurableError: No row has both a label and a prediction.
        TooLittleDataError: Too few have.
    """
    errors, rows = regression_errors(profile)
    ends = mean_interval(errors.mean_absolute, errors.absolute_variance, errors.effective_rows)
    return Reading(
        value=errors.mean_absolute,
        rows=rows.rows,
        used=rows.used,
        left_out=rows.left_out,
        interval=Interval(low=max(0.0, ends.low), high=ends.high),
        error_bound=2 * LOSS_ROUNDING * largest_error(profile, errors),
    )


METRIC = Metric(
    title="Mean absolute error",
    asset="performance",
    measure=WholeWindow(mean_absolute_error, frozenset({"regression", "labels", "predictions"})),
    limit=Limit(warn=0.1, fail=0.25, against=Against.RELATIVE_CHANGE),
    unit="unit of the target",
)

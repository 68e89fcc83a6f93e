"""How much of a regression's error is one-sided: always too high, or always too low."""

import math

from audit_pipeline.domain.limit import Limit
from audit_pipeline.domain.measurement import Interval
from audit_pipeline.metrics.base import Metric, Reading, UnmeasurableError
from audit_pipeline.metrics.performance.base import mean_interval, regression_errors
from audit_pipeline.metrics.scopes import WholeWindow
from audit_pipeline.profiles.profile import UNIT, NumericColumn, Profile


def proportion(mean: float, spread: float) -> float:
    """Return what a mean error has of the mean squared error: `m^2 / (m^2 + s^2)`; 0 of no error.

    >>> proportion(3.0, 4.0)
    0.36
    """
    size = math.hypot(mean, spread)
    return (mean / size) ** 2 if size else 0.0


def mean_error(residuals: NumericColumn) -> tuple[float, float]:
    """Return the mean of `prediction - label`, and how far at most it is from the exact one.

    It is that of exact sums or of the bins' middles; the surer of both bounds holds.
    """
    found, grid = residuals.histogram, residuals.grid
    by_bins = float((found.shares * found.widths).sum()) / 2
    rounded = grid.scale * found.rows / float(found.mass.sum()) / (2 * UNIT)
    known = residuals.sums is not None and residuals.sums.first is not None
    return -(residuals.mean or 0.0), min(by_bins, rounded) if known else by_bins


def bias_proportion(profile: Profile) -> Reading:
    """Return the share of the mean squared error that is bias, between 0 (none) and 1 (all).

    The square of the mean error over the mean squared error. Detail holds the mean error itself,
    `prediction - label` in the target's unit, with its 95 % interval: above 0, predictions are too
    high. Source: Theil, Applied Economic Forecasting (1966), where it is called U^M; the mean error
    is that of every forecasting text. High risk: above 0.1 (Pindyck and Rubinfeld, Econometric
    Models and Economic Forecasts, 1998); one constant taken off the predictions would mend it.
    Limitation: errors that cancel between kinds of rows are not seen; small where all errors are.

    Raises:
        UnmeasurableError: No row has both a label and a prediction.
        TooLittleDataError: Too few have.
    """
    errors, rows = regression_errors(profile)
    residuals = profile.residuals
    if residuals is None or not residuals.histogram.rows:
        raise UnmeasurableError("the profile holds no differences of label and prediction")
    # errors whose squares are too small for a number are none
    mean, bound = mean_error(residuals) if errors.mean_squared else (0.0, 0.0)
    spread = math.sqrt(max(0.0, errors.mean_squared - mean**2))
    ends = mean_interval(mean, spread**2, errors.effective_rows)
    least = 0.0 if ends.low <= 0 <= ends.high else min(abs(ends.low), abs(ends.high))
    value = proportion(mean, spread)
    most = math.sqrt(errors.mean_squared)
    return Reading(
        value=value,
        rows=rows.rows,
        used=rows.used,
        left_out=rows.left_out,
        interval=Interval(
            low=min(value, proportion(least, spread)),
            high=max(value, proportion(max(abs(ends.low), abs(ends.high)), spread)),
        ),
        # of m^2 / M, with M itself exact but for the rounding of the mean squared error
        error_bound=min(1.0, bound * (2 * abs(mean) + bound) / most**2) if most else 0.0,
        detail={"mean_error": mean, "from": ends.low, "to": ends.high},
    )


METRIC = Metric(
    title="Bias proportion of the error",
    asset="performance",
    measure=WholeWindow(bias_proportion, frozenset({"regression", "labels", "predictions"})),
    limit=Limit(warn=0.1, fail=0.2),
    unit="share of the mean squared error",
)

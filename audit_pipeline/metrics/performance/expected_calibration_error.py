"""Whether a score of 70 % comes true 7 times in 10."""

import math
from collections.abc import Sequence

from audit_pipeline.domain.limit import Limit
from audit_pipeline.domain.measurement import Interval
from audit_pipeline.metrics.base import Metric, Reading, TooLittleDataError, UnmeasurableError
from audit_pipeline.metrics.performance.base import MINIMUM_ROWS
from audit_pipeline.metrics.performance.scores.base import scored
from audit_pipeline.metrics.proportions.base import Z
from audit_pipeline.metrics.scopes import WholeWindow
from audit_pipeline.profiles.counts import LOSS_UNIT, CalibrationBin
from audit_pipeline.profiles.profile import UNIT, Profile


def calibration_error(bins: Sequence[CalibrationBin]) -> float:
    """Return the mean over rows of the gap between what a bin's scores said and what came."""
    total = math.fsum(one.mass for one in bins)
    return math.fsum(one.mass / total * abs(one.mean_score - one.positive_share) for one in bins)


def calibration_interval(bins: Sequence[CalibrationBin], worth: float) -> Interval:
    """Return the 95 % interval of the error, each row counting as `worth` effective rows.

    Delta method over independent bins. Even perfect scores have an error above zero in a sample;
    the lower end takes that off. Shares are moved towards one half by four rows (Agresti and Coull
    1998), so that a bin of few rows never counts as certain.
    """
    total = math.fsum(one.mass for one in bins)
    errors = []
    for one in bins:
        rows = one.count * worth
        share = (one.positive_share * rows + 2) / (rows + 4)
        errors.append(one.mass / total * math.sqrt(share * (1 - share) / rows))
    value, half = calibration_error(bins), Z * math.hypot(*errors)
    noise = math.sqrt(2 / math.pi) * math.fsum(errors)
    return Interval(low=max(0.0, value - noise - half), high=min(1.0, value + half))


def expected_calibration_error(profile: Profile) -> Reading:
    """Return the expected calibration error of the scores, between 0 and 1.

    The mean over labelled rows of `|mean score - share of positives|` of the row's bin. Detail
    holds the reliability table. The error bound is the rounding of scores and weights. Source:
    Naeini, Cooper and Hauskrecht (2015), AAAI. High risk: above 0.05 where the score is used as a
    probability. Limitation: depends on the bins, cannot see errors that cancel within one, and is
    above zero for perfect scores when rows are few, which the interval's lower end takes into
    account.

    Raises:
        UnmeasurableError: No labelled row has a score.
        TooLittleDataError: Too few have.
    """
    known = scored(profile)
    bins = [one for one in known.scores.calibration if one.count]
    if not bins:
        raise UnmeasurableError("the profile holds no calibration bins")
    if known.effective < MINIMUM_ROWS:
        raise TooLittleDataError(
            f"{known.effective:.0f} effective rows have label and score; {MINIMUM_ROWS} are needed"
        )
    value = calibration_error(bins)
    return Reading(
        value=value,
        rows=known.rows.rows,
        used=known.rows.used,
        left_out=known.rows.left_out,
        interval=calibration_interval(bins, known.effective / known.rows.used),
        error_bound=(2 + value * LOSS_UNIT / UNIT) * known.rounding,
        detail={
            "reliability": [
                {
                    "low": one.low,
                    "high": one.high,
                    "rows": one.count,
                    "mean_score": one.mean_score,
                    "positive_share": one.positive_share,
                }
                for one in bins
            ]
        },
    )


METRIC = Metric(
    title="Expected calibration error",
    asset="performance",
    measure=WholeWindow(expected_calibration_error, frozenset({"binary", "labels", "scores"})),
    limit=Limit(warn=0.05, fail=0.1),
)

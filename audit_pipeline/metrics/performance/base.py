"""What performance metrics share: which rows can be judged, averages over classes, means."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from audit_pipeline.domain.measurement import Interval
from audit_pipeline.metrics.base import Reading, TooLittleDataError, UnmeasurableError
from audit_pipeline.metrics.proportions.base import (
    UNLABELLED,
    Proportion,
    Z,
    share_of,
    unanswered,
)
from audit_pipeline.profiles.counts import LOSS_UNIT, JointCounts, RegressionErrors
from audit_pipeline.profiles.profile import Profile

MINIMUM_ROWS = 30
"""A mean of fewer effective rows than this has no normal interval."""

LOSS_ROUNDING = 1 / (2 * LOSS_UNIT)
"""How far a loss, as a share of the largest, may be off for being rounded."""

OfClass = Callable[[str | None, str | None, str], bool]
"""Whether rows of this label and this prediction are in the denominator of this class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The rows a number was measured on: all of them, those used, the rest by reason."""

    rows: int
    used: int
    left_out: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Rows by label and prediction, of which some have both."""

    outcomes: JointCounts
    rows: Rows


def judged(profile: Profile) -> Judged:
    """Return the rows by label and prediction, and how many have both.

    Raises:
        UnmeasurableError: No row has both.
    """
    if profile.outcomes is None or not profile.outcomes.rows:
        raise UnmeasurableError("the window has no rows with a prediction or a label")
    rows, left_out = profile.outcomes.rows, unanswered(profile.outcomes)
    used = rows - sum(left_out.values())
    if not used:
        raise UnmeasurableError(f"no row has both a label and a prediction: {words(left_out)}")
    return Judged(outcomes=profile.outcomes, rows=Rows(rows=rows, used=used, left_out=left_out))


def both_known(label: str | None, predicted: str | None) -> bool:
    """Return whether a prediction can be held against a label."""
    return label is not None and predicted is not None


def words(left_out: Mapping[str, int]) -> str:
    """Return reasons and their rows as text."""
    return ", ".join(f"{count} {reason}" for reason, count in left_out.items()) or "no rows at all"


def class_reading(
    profile: Profile,
    among: OfClass,
    lacking: str,
    finish: Callable[[float], float] = float,
) -> Reading:
    """Return the share of hits (label and prediction are the class) among the rows of a class.

    Of the positive class in a binary audit, else the plain mean over all classes that occur as a
    label or prediction (macro average), where a class without a row counts as 0 and is listed. The
    interval is Wilson's; of an average, the mean of the classes' ends, which is never too narrow.

    Args:
        profile: The window or baseline.
        among: Whether rows with label and prediction count in the denominator of a class.
        lacking: What is missing when no row does, for the reader.
        finish: A rising function of the share, that makes the number of it.

    Raises:
        UnmeasurableError: No row counts in the positive class's denominator, or none is judged.
    """
    known = judged(profile)
    classes = (profile.positive,) if profile.positive else _classes(known.outcomes)
    found = {name: _hits(known.outcomes, among, name) for name in classes}
    measured = {name: share for name, share in found.items() if share is not None}
    if not measured:
        raise UnmeasurableError(f"{lacking}, so the number does not exist")

    def mean(of: Callable[[Proportion], float]) -> float:
        return math.fsum(finish(of(share)) for share in measured.values()) / len(classes)

    return Reading(
        value=mean(lambda share: share.share),
        rows=known.rows.rows,
        used=known.rows.used,
        left_out=known.rows.left_out,
        interval=Interval(
            low=mean(lambda share: share.interval.low), high=mean(lambda share: share.interval.high)
        ),
        detail={
            "average": "positive class" if profile.positive else "macro",
            "classes": [
                {"class": name, "rows": share.rows, "value": finish(share.share)}
                for name, share in measured.items()
            ],
            "counted_as_zero": [name for name in classes if name not in measured],
        },
    )


def _classes(outcomes: JointCounts) -> tuple[str, ...]:
    pairs = [pair for pair, rows in outcomes.counts.items() if rows and both_known(*pair)]
    return tuple(sorted({name for pair in pairs for name in pair if name is not None}))


def _hits(outcomes: JointCounts, among: OfClass, name: str) -> Proportion | None:
    return share_of(
        outcomes,
        inside=lambda label, predicted: label == predicted == name,
        among=lambda label, predicted: (
            both_known(label, predicted) and among(label, predicted, name)
        ),
    )


def mean_interval(mean: float, variance: float, rows: float) -> Interval:
    """Return the normal 95 % interval of a mean of `rows` effective rows.

    Raises:
        TooLittleDataError: There are fewer than `MINIMUM_ROWS`.

    >>> mean_interval(5.0, 0.0, 30)
    Interval(low=5.0, high=5.0)
    """
    if rows < MINIMUM_ROWS:
        raise TooLittleDataError(
            f"{rows:.0f} effective rows have label and prediction; {MINIMUM_ROWS} are needed"
        )
    half = Z * math.sqrt(max(0.0, variance) / (rows - 1))
    return Interval(low=mean - half, high=mean + half)


def largest_error(profile: Profile, errors: RegressionErrors) -> float:
    """Return the largest distance of prediction and label, or what it cannot exceed.

    Losses are summed in parts of it. Without residuals, no error is larger than all together.
    """
    if profile.residuals is None or not profile.residuals.histogram.rows:
        return math.sqrt(errors.count * errors.mean_squared)
    found = profile.residuals.histogram
    return max(abs(float(found.lows[0])), abs(float(found.highs[-1])))


def regression_errors(profile: Profile) -> tuple[RegressionErrors, Rows]:
    """Return the errors of a regression, and the rows they come from.

    Raises:
        UnmeasurableError: No row has both a label and a prediction.
    """
    errors = profile.errors
    if errors is None or not errors.count:
        raise UnmeasurableError("no row has both a label and a prediction")
    reasons = {
        UNLABELLED: profile.rows - profile.labelled,
        "no finite label or prediction": profile.labelled - errors.count,
    }
    left_out = {reason: count for reason, count in reasons.items() if count}
    return errors, Rows(rows=profile.rows, used=errors.count, left_out=left_out)

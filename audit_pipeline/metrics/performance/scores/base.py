"""What metrics of scores share: which scores can be judged, and means over them."""

from collections.abc import Callable
from dataclasses import dataclass

from audit_pipeline.domain.measurement import Interval
from audit_pipeline.metrics.base import Reading, UnmeasurableError
from audit_pipeline.metrics.performance.base import Rows, mean_interval, words
from audit_pipeline.metrics.proportions.base import NOT_SCORED, UNLABELLED, Cell, effective_rows
from audit_pipeline.profiles.counts import LOSS_UNIT, Scores
from audit_pipeline.profiles.histogram import Histogram
from audit_pipeline.profiles.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredRows:
    """Labelled scores, their effective number by label, and the rows behind them."""

    scores: Scores
    positives: float
    negatives: float
    effective: float
    rows: Rows

    @property
    def rounding(self) -> float:
        """How far, at most, the mean of a loss may be off for each row's being rounded."""
        mass = float(self.scores.positive.mass.sum() + self.scores.negative.mass.sum())
        return self.rows.used / (2 * LOSS_UNIT * mass)


def histogram_rows(*histograms: Histogram) -> float:
    """Return the effective number of rows in histograms, weights taken as equal within a bin."""
    pairs = [(h.counts.tolist(), h.mass.tolist()) for h in histograms]
    return effective_rows(
        Cell(rows=rows, mass=mass)
        for counts, masses in pairs
        for rows, mass in zip(counts, masses, strict=True)
    )


def scored(profile: Profile) -> ScoredRows:
    """Return the labelled scores of a window.

    Raises:
        UnmeasurableError: There are no scores, or none of a labelled row.
    """
    scores = profile.scores
    if scores is None:
        raise UnmeasurableError("the window has no scores")
    used = scores.positive.rows + scores.negative.rows
    reasons = {
        UNLABELLED: scores.unlabelled.rows,
        NOT_SCORED: scores.nulls,
        "score is no probability": scores.invalid,
    }
    left_out = {reason: count for reason, count in reasons.items() if count}
    if not used:
        raise UnmeasurableError(f"no row has both a label and a score: {words(left_out)}")
    return ScoredRows(
        scores=scores,
        positives=histogram_rows(scores.positive),
        negatives=histogram_rows(scores.negative),
        effective=histogram_rows(scores.positive, scores.negative),
        rows=Rows(rows=used + sum(left_out.values()), used=used, left_out=left_out),
    )


def score_reading(
    profile: Profile, read: Callable[[Scores], tuple[float | None, float | None]], highest: float
) -> Reading:
    """Return a mean over the labelled scores, from its value and variance, within 0 to `highest`.

    The error bound is the rounding of each row's loss, and of its weight.

    Raises:
        UnmeasurableError: No labelled row has a score.
        TooLittleDataError: Fewer than `MINIMUM_ROWS` have.
    """
    known = scored(profile)
    mean, variance = read(known.scores)
    if mean is None or variance is None:
        raise UnmeasurableError("the profile holds no such mean of the labelled scores")
    ends = mean_interval(mean, variance, known.effective)
    return Reading(
        value=mean,
        rows=known.rows.rows,
        used=known.rows.used,
        left_out=known.rows.left_out,
        interval=Interval(low=max(0.0, ends.low), high=min(highest, ends.high)),
        error_bound=(1 + mean) * known.rounding,
    )

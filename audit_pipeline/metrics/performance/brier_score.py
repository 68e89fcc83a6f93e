"""How far the scores are from what really happened, squared."""

from audit_pipeline.domain.limit import Against, Limit
from audit_pipeline.metrics.base import Metric, Reading
from audit_pipeline.metrics.performance.scores.base import score_reading
from audit_pipeline.metrics.scopes import WholeWindow
from audit_pipeline.profiles.profile import Profile


def brier_score(profile: Profile) -> Reading:
    """Return the mean of `(score - outcome)^2` over labelled rows, between 0 and 1.

    Source: Brier (1950), Monthly Weather Review 78, 1-3; same definition as
    `sklearn.metrics.brier_score_loss`; normal interval of a mean. High risk: a rise against the
    baseline. Limitation: mixes ranking and calibration, and is small wherever positives are rare.

    Raises:
        UnmeasurableError: No labelled row has a score.
        TooLittleDataError: Too few have.
    """
    return score_reading(profile, lambda scores: (scores.brier, scores.brier_variance), highest=1.0)


METRIC = Metric(
    title="Brier score",
    asset="performance",
    measure=WholeWindow(brier_score, frozenset({"binary", "labels", "scores"})),
    limit=Limit(warn=0.01, fail=0.03, against=Against.CHANGE),
)

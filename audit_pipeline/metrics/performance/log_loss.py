"""How surprised the scores are by what really happened."""

import math

from audit_pipeline.domain.limit import Against, Limit
from audit_pipeline.metrics.base import Metric, Reading
from audit_pipeline.metrics.performance.scores.base import score_reading
from audit_pipeline.metrics.scopes import WholeWindow
from audit_pipeline.profiles.profile import Profile


def log_loss(profile: Profile) -> Reading:
    """Return the mean of `-ln(score of what happened)` over labelled rows, in nats, 0 or more.

    Source: Good (1952); same definition as `sklearn.metrics.log_loss`; normal interval of a mean.
    High risk: a rise against the baseline. Limitation: a few confident mistakes can make all of it,
    and scores of exactly 0 or 1 count as the profile clips them.

    Raises:
        UnmeasurableError: No labelled row has a score.
        TooLittleDataError: Too few have.
    """
    return score_reading(
        profile, lambda scores: (scores.log_loss, scores.log_loss_variance), highest=math.inf
    )


METRIC = Metric(
    title="Log loss",
    asset="performance",
    measure=WholeWindow(log_loss, frozenset({"binary", "labels", "scores"})),
    limit=Limit(warn=0.02, fail=0.05, against=Against.CHANGE),
    unit="nats",
)

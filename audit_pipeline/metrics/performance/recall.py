"""How many of the rows that really are positive the model finds."""

from audit_pipeline.domain.limit import Against, Limit, Worse
from audit_pipeline.metrics.base import Metric, Reading
from audit_pipeline.metrics.performance.base import class_reading
from audit_pipeline.metrics.scopes import WholeWindow
from audit_pipeline.profiles.profile import Profile


def recall(profile: Profile) -> Reading:
    """Return the share of rows labelled positive that are predicted positive, between 0 and 1.

    With more than two classes, the macro average; detail holds each class. Source: same definition
    as `sklearn.metrics.recall_score` (`zero_division=0` in averages); Wilson interval. High risk: a
    fall against the baseline. Limitation: a model that calls everything positive has a recall of 1.

    Raises:
        UnmeasurableError: No scored row is labelled positive, or none is labelled.
    """
    return class_reading(
        profile,
        among=lambda label, _, name: label == name,
        lacking="no scored row is labelled positive",
    )


METRIC = Metric(
    title="Recall",
    asset="performance",
    measure=WholeWindow(recall, frozenset({"classification", "labels", "predictions"})),
    limit=Limit(warn=0.02, fail=0.05, worse=Worse.LOWER, against=Against.CHANGE),
    unit="share of rows",
)

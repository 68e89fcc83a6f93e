"""Precision and recall in one number, low where either is."""

from audit_pipeline.domain.limit import Against, Limit, Worse
from audit_pipeline.metrics.base import Metric, Reading
from audit_pipeline.metrics.performance.base import class_reading
from audit_pipeline.metrics.scopes import WholeWindow
from audit_pipeline.profiles.profile import Profile


def from_jaccard(hits: float) -> float:
    """Return the F1 score of a share of hits among the rows labelled or predicted positive.

    `F1 = 2 TP / (2 TP + FP + FN) = 2 J / (1 + J)`, with `J = TP / (TP + FP + FN)`.

    >>> from_jaccard(1 / 3)
    0.5
    """
    return 2 * hits / (1 + hits)


def f1_score(profile: Profile) -> Reading:
    """Return the harmonic mean of precision and recall, between 0 and 1.

    With more than two classes, the macro average; detail holds each class. Source: same definition
    as `sklearn.metrics.f1_score`. F1 rises with the share of hits among the rows labelled or
    predicted positive, and the interval is that share's Wilson interval, carried over. High risk: a
    fall against the baseline. Limitation: takes no account of true negatives.

    Raises:
        UnmeasurableError: No row is labelled or predicted positive, or none is labelled.
    """
    return class_reading(
        profile,
        among=lambda label, predicted, name: name in (label, predicted),
        lacking="no row is labelled or predicted positive",
        finish=from_jaccard,
    )


METRIC = Metric(
    title="F1 score",
    asset="performance",
    measure=WholeWindow(f1_score, frozenset({"classification", "labels", "predictions"})),
    limit=Limit(warn=0.02, fail=0.05, worse=Worse.LOWER, against=Against.CHANGE),
)

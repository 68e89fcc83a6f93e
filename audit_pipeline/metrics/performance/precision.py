"""How often a row that the model calls positive really is."""

from audit_pipeline.domain.limit import Against, Limit, Worse
from audit_pipeline.metrics.base import Metric, Reading
from audit_pipeline.metrics.performance.base import class_reading
from audit_pipeline.metrics.scopes import WholeWindow
from audit_pipeline.profiles.profile import Profile


def precision(profile: Profile) -> Reading:
    """Return the share of rows predicted positive whose label is positive, between 0 and 1.

    With more than two classes, the macro average; detail holds each class. Source: same definition
    as `sklearn.metrics.precision_score` (`zero_division=0` in averages); Wilson interval. High
    risk: a fall against the baseline. Limitation: falls with the positive share of the population,
    though the model has not changed.

    Raises:
        UnmeasurableError: No labelled row is predicted positive, or none is labelled.
    """
    return class_reading(
        profile,
        among=lambda _, predicted, name: predicted == name,
        lacking="no labelled row is predicted positive",
    )


METRIC = Metric(
    title="Precision",
    asset="performance",
    measure=WholeWindow(precision, frozenset({"classification", "labels", "predictions"})),
    limit=Limit(warn=0.02, fail=0.05, worse=Worse.LOWER, against=Against.CHANGE),
    unit="share of rows",
)

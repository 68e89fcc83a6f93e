"""How differently often the groups' negatives are called positive."""

from audit_pipeline.domain.limit import Limit
from audit_pipeline.metrics.base import Metric, Reading
from audit_pipeline.metrics.fairness.base import DIFFERENCE, compare_groups, false_positive_rate
from audit_pipeline.metrics.scopes import EachGroup, Groups


def false_positive_rate_difference(groups: Groups, positive: str) -> Reading:
    """Return the highest false positive rate of a group less the lowest, between 0 (equal) and 1.

    The part of equalized odds that equal opportunity leaves out. Source: Hardt, Price and Srebro
    (2016), NeurIPS; `fairlearn.metrics.MetricFrame(...).difference()` of false positive rates. High
    risk: above 0.1 where a positive prediction is a burden. Limitation: trusts the labels.

    Raises:
        UnmeasurableError: No row counts in any group.
        TooLittleDataError: Fewer than two groups are large enough to compare.
    """
    return compare_groups(groups, false_positive_rate(positive), DIFFERENCE)


METRIC = Metric(
    title="False positive rate difference",
    asset="fairness",
    measure=EachGroup(
        false_positive_rate_difference, frozenset({"binary", "labels", "predictions"})
    ),
    limit=Limit(warn=0.1, fail=0.2),
)

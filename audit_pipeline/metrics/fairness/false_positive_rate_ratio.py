"""How the groups' shares of negatives called positive compare."""

from audit_pipeline.domain.limit import Limit, Worse
from audit_pipeline.metrics.base import Metric, Reading
from audit_pipeline.metrics.fairness.base import RATIO, compare_groups, false_positive_rate
from audit_pipeline.metrics.scopes import EachGroup, Groups


def false_positive_rate_ratio(groups: Groups, positive: str) -> Reading:
    """Return the lowest false positive rate of a group over the highest, between 0 and 1 (equal).

    Source: Hardt, Price and Srebro (2016), NeurIPS; `fairlearn.metrics.MetricFrame(...).ratio()` of
    false positive rates; the failure limit is borrowed from the four-fifths rule, 29 CFR 1607.4(D).
    High risk: below 0.8. Limitation: trusts the labels; where false positives are rare, tiny
    differences make low ratios.

    Raises:
        UnmeasurableError: No row counts, or the rate is zero in every group (fairlearn: NaN).
        TooLittleDataError: Fewer than two groups are large enough to compare.
    """
    return compare_groups(groups, false_positive_rate(positive), RATIO)


METRIC = Metric(
    title="False positive rate ratio",
    asset="fairness",
    measure=EachGroup(false_positive_rate_ratio, frozenset({"binary", "labels", "predictions"})),
    limit=Limit(warn=0.9, fail=0.8, worse=Worse.LOWER),
)

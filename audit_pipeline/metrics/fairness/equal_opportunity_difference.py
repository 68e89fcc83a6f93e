"""How differently often the groups' true positives are found."""

from audit_pipeline.domain.limit import Limit
from audit_pipeline.metrics.base import Metric, Reading
from audit_pipeline.metrics.fairness.base import DIFFERENCE, compare_groups, true_positive_rate
from audit_pipeline.metrics.scopes import EachGroup, Groups


def equal_opportunity_difference(groups: Groups, positive: str) -> Reading:
    """Return the highest true positive rate of a group less the lowest, between 0 (equal) and 1.

    Source: Hardt, Price and Srebro (2016), NeurIPS; same definition as
    `fairlearn.metrics.equal_opportunity_difference`. High risk: above 0.1 where a positive
    prediction is an opportunity. Limitation: trusts the labels, which may carry the bias that is
    looked for, and is blind to false positives.

    Raises:
        UnmeasurableError: No row counts in any group.
        TooLittleDataError: Fewer than two groups are large enough to compare.
    """
    return compare_groups(groups, true_positive_rate(positive), DIFFERENCE)


METRIC = Metric(
    title="Equal opportunity difference",
    asset="fairness",
    measure=EachGroup(equal_opportunity_difference, frozenset({"binary", "labels", "predictions"})),
    limit=Limit(warn=0.1, fail=0.2),
)

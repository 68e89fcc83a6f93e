"""How differently often the groups are selected."""

from audit_pipeline.domain.limit import Limit
from audit_pipeline.metrics.base import Metric, Reading
from audit_pipeline.metrics.fairness.base import DIFFERENCE, compare_groups, selection_rate
from audit_pipeline.metrics.scopes import EachGroup, Groups


def demographic_parity_difference(groups: Groups, positive: str) -> Reading:
    """Return the highest selection rate of a group less the lowest, between 0 (parity) and 1.

    Selection is a positive prediction; labels are not needed. Source: Dwork et al. (2012); same
    definition as `fairlearn.metrics.demographic_parity_difference`. High risk: above 0.1 where
    being selected is an advantage or a burden. Limitation: groups may differ in the outcome itself,
    so parity neither proves nor rules out equal treatment of equals.

    Raises:
        UnmeasurableError: No row counts in any group.
        TooLittleDataError: Fewer than two groups are large enough to compare.
    """
    return compare_groups(groups, selection_rate(positive), DIFFERENCE)


METRIC = Metric(
    title="Demographic parity difference",
    asset="fairness",
    measure=EachGroup(demographic_parity_difference),
    limit=Limit(warn=0.1, fail=0.2),
)

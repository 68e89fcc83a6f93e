"""How the selection rate of the least selected group compares with the most selected's."""

from audit_pipeline.domain.limit import Limit, Worse
from audit_pipeline.metrics.base import Metric, Reading
from audit_pipeline.metrics.fairness.base import RATIO, compare_groups, selection_rate
from audit_pipeline.metrics.scopes import EachGroup, Groups


def demographic_parity_ratio(groups: Groups, positive: str) -> Reading:
    """Return the lowest selection rate of a group over the highest, between 0 and 1 (parity).

    Source: same definition as `fairlearn.metrics.demographic_parity_ratio`; the failure limit is
    the four-fifths rule of the EEOC's Uniform Guidelines, 29 CFR 1607.4(D). High risk: below 0.8.
    Limitation: a rule of thumb and not a safe harbour; where rates are small, tiny differences
    make low ratios; it depends on which outcome is called positive.

    Raises:
        UnmeasurableError: No row counts, or the rate is zero in every group (fairlearn: NaN).
        TooLittleDataError: Fewer than two groups are large enough to compare.
    """
    return compare_groups(groups, selection_rate(positive), RATIO)


METRIC = Metric(
    title="Demographic parity ratio",
    asset="fairness",
    measure=EachGroup(demographic_parity_ratio),
    limit=Limit(warn=0.9, fail=0.8, worse=Worse.LOWER),
)

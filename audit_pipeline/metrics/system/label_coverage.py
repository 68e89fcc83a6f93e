"""How much of the window is labelled, and so how far its performance can be known."""

from audit_pipeline.domain.limit import Limit, Worse
from audit_pipeline.metrics.base import Metric, Reading, UnmeasurableError
from audit_pipeline.metrics.proportions.base import counted
from audit_pipeline.metrics.scopes import WholeWindow
from audit_pipeline.profiles.profile import Profile


def label_coverage(profile: Profile) -> Reading:
    """Return the share of the window's rows that have a label, between 0 and 1.

    With a Wilson interval. High risk: a share well below what the baseline had, or labels that come
    for one kind of row only: performance is then that of the labelled rows. Limitation: says how
    many labels are missing, not whether they are missing at random. By default it only warns:
    labels that come late are no failure of the model.

    Raises:
        UnmeasurableError: No row has a label yet; labels often come later than predictions.
    """
    if not profile.labelled:
        raise UnmeasurableError("no row has a label yet")
    share = counted(profile.labelled, profile.rows)
    return Reading(value=share.share, rows=profile.rows, used=profile.rows, interval=share.interval)


METRIC = Metric(
    title="Labelled rows",
    asset="rule_results",
    measure=WholeWindow(label_coverage, frozenset({"labels"})),
    limit=Limit(warn=0.95, fail=None, worse=Worse.LOWER),
    unit="share of rows",
)

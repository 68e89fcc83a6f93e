"""Rows that cannot be told apart: an id used twice, or no id at all."""

from audit_pipeline.domain.limit import Limit
from audit_pipeline.metrics.base import Metric, Reading, UnmeasurableError
from audit_pipeline.metrics.scopes import WholeWindow
from audit_pipeline.profiles.profile import Profile


def duplicate_id_share(profile: Profile) -> Reading:
    """Return the share of rows whose id repeats another's or is null, between 0 and 1.

    High risk: anything above zero. A doubled row counts twice in every other number, and a join by
    id multiplies it. A fact about these very rows, so there is no interval: one duplicate is one
    too many in a window of any size. Limitation: the same case under two ids is not seen.

    Raises:
        UnmeasurableError: The window has no rows.
    """
    if not profile.rows:
        raise UnmeasurableError("the window has no rows, so no id can repeat")
    return Reading(
        value=(profile.duplicate_ids + profile.null_ids) / profile.rows,
        rows=profile.rows,
        used=profile.rows,
        detail={"duplicate_ids": profile.duplicate_ids, "null_ids": profile.null_ids},
    )


METRIC = Metric(
    title="Duplicate or missing ids",
    asset="rule_results",
    measure=WholeWindow(duplicate_id_share, frozenset({"ids"})),
    limit=Limit(warn=None, fail=0.0),
    unit="share of rows",
)

"""How many rows the window holds: none at all is the first thing to know."""

from audit_pipeline.domain.limit import Limit, Worse
from audit_pipeline.metrics.base import Metric, Reading
from audit_pipeline.metrics.scopes import WholeWindow
from audit_pipeline.profiles.profile import Profile


def row_count(profile: Profile) -> Reading:
    """Return the number of rows in the window, 0 or more, with the baseline's beside it.

    High risk: no rows (a source that went silent), or a fraction of what the baseline had. A count
    has no interval. Limitation: baseline and window may span different lengths of time, so only
    emptiness fails by default; set a limit against the baseline where the lengths agree.
    """
    return Reading(
        value=float(profile.rows),
        rows=profile.rows,
        used=profile.rows,
        detail={"zero_weight": profile.zero_weight},
    )


METRIC = Metric(
    title="Rows in the window",
    asset="rule_results",
    measure=WholeWindow(row_count),
    limit=Limit(warn=None, fail=1.0, worse=Worse.LOWER),
    unit="rows",
)

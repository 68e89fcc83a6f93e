"""Whether a column loses more of its values than it did in the baseline."""

from audit_pipeline.domain.limit import Limit
from audit_pipeline.metrics.base import Metric, Reading
from audit_pipeline.metrics.proportions.base import difference_interval
from audit_pipeline.metrics.scopes import CompareColumns
from audit_pipeline.metrics.system.missing_share import missing
from audit_pipeline.profiles.profile import Column


def missing_share_change(baseline: Column, current: Column) -> Reading:
    """Return the window's share of rows without a usable value less the baseline's, -1 to 1.

    Null, NaN and infinite count as missing. A decrease passes. Measured for an all-null column too.
    The interval is Newcombe's for a difference of shares. High risk: a sudden rise, the usual sign
    of a broken feed. Limitation: a filler such as -1 or "unknown" is a value here.

    Raises:
        UnmeasurableError: Baseline or window has no rows.
    """
    before, now = missing(baseline), missing(current)
    return Reading(
        value=now.share - before.share,
        rows=current.rows,
        used=current.rows,
        interval=difference_interval(now, before),
        detail={
            "baseline_share": before.share,
            "current_share": now.share,
            "baseline rows by reason": dict(baseline.missing),
            "current rows by reason": dict(current.missing),
        },
    )


METRIC = Metric(
    title="Change in missing values",
    asset="drift",
    measure=CompareColumns(missing_share_change),
    limit=Limit(warn=0.02, fail=0.1),
    unit="share of rows",
)

"""How much of a column holds no usable value."""

from audit_pipeline.domain.limit import Limit
from audit_pipeline.metrics.base import Metric, Reading, UnmeasurableError
from audit_pipeline.metrics.proportions.base import Proportion, counted
from audit_pipeline.metrics.scopes import EachColumn
from audit_pipeline.profiles.profile import Column


def missing(column: Column) -> Proportion:
    """Return the share of the column's rows that are null, NaN or infinite.

    Raises:
        UnmeasurableError: The column has no rows.
    """
    if not column.rows:
        raise UnmeasurableError(f"the column {column.name} has no rows")
    return counted(sum(column.missing.values()), column.rows)


def missing_share(column: Column) -> Reading:
    """Return the share of rows without a usable value, between 0 and 1, with a Wilson interval.

    Null, NaN and infinite count as missing, row by row, whatever the weights: a lost value is a
    fault in the data, not in the population. High risk: a feed that stopped, a changed type, a join
    that no longer matches. Limitation: a filler such as -1 or "unknown" is a value here; state a
    rule for it.
    """
    share = missing(column)
    return Reading(
        value=share.share,
        rows=column.rows,
        used=column.rows,
        interval=share.interval,
        detail={"rows by reason": dict(column.missing)},
    )


METRIC = Metric(
    title="Missing values",
    asset="rule_results",
    measure=EachColumn(missing_share),
    limit=Limit(warn=0.2, fail=0.5),
    unit="share of rows",
)

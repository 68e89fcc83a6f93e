"""How long the slow predictions take."""

from audit_pipeline.domain.limit import Against, Limit
from audit_pipeline.metrics.base import Metric, Reading, TooLittleDataError, UnmeasurableError
from audit_pipeline.metrics.quantiles.base import quantile
from audit_pipeline.metrics.scopes import Latency
from audit_pipeline.profiles.profile import NumericColumn

SHARE = 0.95
MINIMUM_ROWS = 100
"""Of fewer rows, five or less are slower: the number would be a single row's."""


def latency_p95(column: NumericColumn) -> Reading:
    """Return the 95th percentile of the latency column, in the column's unit.

    The least value that 95 % of the predictions did not exceed; detail holds the median. Where the
    audit has weights, it is that of the weights.

    Source: same definition as `numpy.quantile(method="inverted_cdf")`, up to the stated error
    bound; interval by ranks. High risk: half as long again as in the baseline. Limitation: says
    nothing of the slowest one in twenty, nor of requests that were never answered; a null or
    infinite latency is left out and counted.

    Raises:
        UnmeasurableError: No row has a latency.
        TooLittleDataError: Fewer than `MINIMUM_ROWS` effective rows have one.
    """
    if not column.histogram.rows:
        raise UnmeasurableError(f"no row of this window has a number in {column.name}")
    if column.effective_rows < MINIMUM_ROWS:
        raise TooLittleDataError(
            f"{column.effective_rows:.0f} effective rows have a latency in {column.name};"
            f" {MINIMUM_ROWS} are needed for its 95th percentile"
        )
    found = quantile(column.histogram, SHARE, column.effective_rows)
    return Reading(
        value=found.value,
        rows=column.rows,
        used=column.histogram.rows,
        left_out=column.missing,
        interval=found.interval,
        error_bound=found.error_bound,
        detail={"median": quantile(column.histogram, 0.5, column.effective_rows).value},
    )


METRIC = Metric(
    title="95th percentile of latency",
    asset="rule_results",
    measure=Latency(latency_p95),
    limit=Limit(warn=0.25, fail=0.5, against=Against.RELATIVE_CHANGE),
    unit="unit of the column",
)

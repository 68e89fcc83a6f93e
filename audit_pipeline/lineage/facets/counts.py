"""How many rows and values there are, where that tells of many people.

Never the least, the largest, a sum or a quantile: each is, or tells, one person's value.
"""

from collections.abc import Callable
from typing import TypeVar

from openlineage.client.facet_v2 import (
    data_quality_metrics_dataset,
    data_quality_metrics_input_dataset,
)

from audit_pipeline.domain.masking import few
from audit_pipeline.lineage.producer import PRODUCER
from audit_pipeline.lineage.told import ColumnCounts, Table

Metrics = TypeVar("Metrics")
InputCounts = data_quality_metrics_input_dataset.DataQualityMetricsInputDatasetFacet


class OutputCounts(data_quality_metrics_dataset.DataQualityMetricsDatasetFacet):
    """The counts of what a run makes, as the published version has them.

    The client's class names 1-0-1, which adds a date that we do not tell.
    """

    @staticmethod
    def _get_schema() -> str:
        name = "DataQualityMetricsDatasetFacet"
        return f"https://openlineage.io/spec/facets/1-0-0/{name}.json#/$defs/{name}"


def told(count: int | None) -> int | None:
    """Return a count that may be told, or None: of fewer than ten it could be somebody.

    >>> told(3), told(0), told(12)
    (None, 0, 12)
    """
    return None if few(count) else count


def counts_of_input(table: Table) -> InputCounts | None:
    """Return the counts of a dataset that is read, where any is known."""
    if not table.counts:
        return None
    columns = _tellable(table, data_quality_metrics_input_dataset.ColumnMetrics)
    return InputCounts(columnMetrics=columns, rowCount=told(table.rows), producer=PRODUCER)


def counts_of_output(table: Table) -> OutputCounts | None:
    """Return the counts of a dataset that is made, where any is known."""
    if not table.counts:
        return None
    columns = _tellable(table, data_quality_metrics_dataset.ColumnMetrics)
    return OutputCounts(columnMetrics=columns, rowCount=told(table.rows), producer=PRODUCER)


def _tellable(table: Table, counted: Callable[..., Metrics]) -> dict[str, Metrics]:
    """Return what may be told of each column, in the class of its facet."""
    return {
        name: counted(
            nullCount=_nulls(counts, table.rows),
            distinctCount=told(counts.distinct),
            quantiles=None,
        )
        for name, counts in table.counts.items()
    }


def _nulls(counts: ColumnCounts, rows: int | None) -> int | None:
    """Return how many nulls there are, unless they, or the values beside them, are of few."""
    if counts.nulls is None or (rows is not None and few(rows - counts.nulls)):
        return None
    return told(counts.nulls)

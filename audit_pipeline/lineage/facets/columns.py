"""Which columns a dataset's columns come from, and how."""

import functools
from collections.abc import Iterable

from openlineage.client.facet_v2 import column_lineage_dataset

from audit_pipeline.domain.lineage import WHOLE, Edge, Field, Transformation
from audit_pipeline.lineage.producer import PRODUCER
from audit_pipeline.lineage.told import Table

Lineage = column_lineage_dataset.ColumnLineageDatasetFacet
InputField = column_lineage_dataset.InputField


def column_lineage(table: Table) -> Lineage | None:
    """Return what the columns of a dataset come from; None where no column is known.

    What decides which rows there are stands under `dataset`, once and not once a column. What comes
    from all rows of another dataset, whatever its columns, stands nowhere: readers of the facet
    look each field up in a schema. That dataset is an input of the run, which says as much.
    """
    by_field: dict[str, list[Edge]] = {}
    for edge in table.edges:
        if edge.source.name != WHOLE and edge.target.dataset == table.dataset:
            by_field.setdefault(edge.target.name, []).append(edge)
    if not by_field:
        return None
    whole = _inputs(by_field.pop(WHOLE, ()))
    fields = {
        name: column_lineage_dataset.Fields(inputFields=_inputs(edges))
        for name, edges in by_field.items()
    }
    return Lineage(fields=fields, dataset=whole or None, producer=PRODUCER)


def _inputs(edges: Iterable[Edge]) -> list[InputField]:
    """Return each field once, with all the ways in which it counts."""
    ways: dict[Field, dict[Transformation, None]] = {}
    for edge in edges:
        ways.setdefault(edge.source, {})[edge.how] = None
    return [
        InputField(
            namespace=at.dataset.namespace,
            name=at.dataset.name,
            field=at.name,
            transformations=[_transformation(how) for how in hows],
        )
        for at, hows in ways.items()
    ]


@functools.cache
def _transformation(how: Transformation) -> column_lineage_dataset.Transformation:
    return column_lineage_dataset.Transformation(
        type=how.type, subtype=how.subtype, description=how.description or None, masking=how.masking
    )

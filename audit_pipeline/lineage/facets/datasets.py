"""What an event tells of a dataset, whether a run reads it or makes it."""

from openlineage.client.facet_v2 import (
    DatasetFacet,
    InputDatasetFacet,
    OutputDatasetFacet,
    data_quality_assertions_dataset,
    dataset_version_dataset,
    documentation_dataset,
    input_statistics_input_dataset,
    output_statistics_output_dataset,
    ownership_dataset,
    schema_dataset,
    symlinks_dataset,
    tags_dataset,
)

from audit_pipeline.lineage.facets.checks import assertion_of
from audit_pipeline.lineage.facets.columns import column_lineage
from audit_pipeline.lineage.facets.counts import counts_of_input, counts_of_output, told
from audit_pipeline.lineage.facets.places import data_source, dataset_type
from audit_pipeline.lineage.producer import PRODUCER, SOURCE
from audit_pipeline.lineage.told import Table


def dataset_facets(table: Table, ours: str, *, made: bool = False) -> dict[str, DatasetFacet]:
    """Return the facets of a dataset by their keys; `ours` is the namespace of what we make."""
    found: dict[str, DatasetFacet | None] = {
        "schema": _schema(table),
        "version": _version(table),
        "datasetType": dataset_type(table, ours),
        "dataSource": data_source(table.dataset),
        "documentation": _documentation(table),
        "ownership": _ownership(table),
        "tags": _tags(table),
        "symlinks": _symlinks(table),
        "columnLineage": column_lineage(table) if made else None,
        "dataQualityMetrics": counts_of_output(table) if made else None,
    }
    return {key: facet for key, facet in found.items() if facet is not None}


def input_facets(table: Table) -> dict[str, InputDatasetFacet]:
    """Return what is told of a dataset because it is read: how much, and what was checked on it."""
    facets: dict[str, InputDatasetFacet] = {}
    if told(table.rows) is not None or table.size is not None:
        facets["inputStatistics"] = input_statistics_input_dataset.InputStatisticsInputDatasetFacet(
            rowCount=told(table.rows), size=table.size, producer=PRODUCER
        )
    counts = counts_of_input(table)
    if counts is not None:
        facets["dataQualityMetrics"] = counts
    if table.outcomes:
        made = [assertion_of(outcome, table.columns) for outcome in table.outcomes]
        facets["dataQualityAssertions"] = (
            data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet(
                assertions=made, producer=PRODUCER
            )
        )
    return facets


def output_facets(table: Table) -> dict[str, OutputDatasetFacet]:
    """Return what is told of a dataset because it is made: how much of it there is."""
    if told(table.rows) is None and table.size is None:
        return {}
    statistics = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
        rowCount=told(table.rows), size=table.size, producer=PRODUCER
    )
    return {"outputStatistics": statistics}


def _schema(table: Table) -> schema_dataset.SchemaDatasetFacet | None:
    if not table.columns:
        return None
    fields = [
        schema_dataset.SchemaDatasetFacetFields(
            name=name, type=kind or None, ordinal_position=place, fields=None
        )
        for place, (name, kind) in enumerate(table.columns.items(), start=1)
    ]
    return schema_dataset.SchemaDatasetFacet(fields=fields, producer=PRODUCER)


def _version(table: Table) -> dataset_version_dataset.DatasetVersionDatasetFacet | None:
    if not table.version:
        return None
    return dataset_version_dataset.DatasetVersionDatasetFacet(
        datasetVersion=table.version, producer=PRODUCER
    )


def _documentation(table: Table) -> documentation_dataset.DocumentationDatasetFacet | None:
    if not table.description:
        return None
    return documentation_dataset.DocumentationDatasetFacet(
        description=table.description, contentType="text/plain", producer=PRODUCER
    )


def _ownership(table: Table) -> ownership_dataset.OwnershipDatasetFacet | None:
    if not table.owner:
        return None
    owners = [ownership_dataset.Owner(name=table.owner, type="OWNER")]
    return ownership_dataset.OwnershipDatasetFacet(owners=owners, producer=PRODUCER)


def _tags(table: Table) -> tags_dataset.TagsDatasetFacet | None:
    if not table.tags:
        return None
    tags = [
        tags_dataset.TagsDatasetFacetFields(key=key, value=value, source=SOURCE)
        for key, value in table.tags.items()
    ]
    return tags_dataset.TagsDatasetFacet(tags=tags, producer=PRODUCER)


def _symlinks(table: Table) -> symlinks_dataset.SymlinksDatasetFacet | None:
    if not table.also:
        return None
    others = [
        symlinks_dataset.Identifier(namespace=at.namespace, name=at.name, type="TABLE")
        for at in table.also
    ]
    return symlinks_dataset.SymlinksDatasetFacet(identifiers=others, producer=PRODUCER)

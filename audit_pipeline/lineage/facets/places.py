"""What sort of thing a dataset is, and the place where it stands."""

from urllib.parse import quote, urlsplit

from openlineage.client.facet_v2 import dataset_type_dataset, datasource_dataset

from audit_pipeline.domain.lineage import Dataset
from audit_pipeline.lineage.producer import PRODUCER
from audit_pipeline.lineage.told import Table

FILES = {"file", "s3", "gs", "gcs", "abfss", "wasbs", "hdfs", "dbfs", "http", "https"}
"""Schemes of the namespaces in which datasets are files."""
ADDRESS = ":/@?=&[]%"
"""Characters that stay as they are in an address."""


def dataset_type(table: Table, ours: str) -> dataset_type_dataset.DatasetTypeDatasetFacet:
    """Return what sort of thing a dataset is: one of ours, a model, a file, a table."""
    return dataset_type_dataset.DatasetTypeDatasetFacet(
        datasetType=_sort(table, ours), subType=table.kind or None, producer=PRODUCER
    )


def data_source(dataset: Dataset) -> datasource_dataset.DatasourceDatasetFacet:
    """Return the place of a dataset, with an address: Marquez keeps no place without one.

    >>> data_source(Dataset("postgres://db:5432", "bank.public.loans")).uri
    'postgres://db:5432'
    >>> data_source(Dataset("file", "/rows of today.csv")).uri
    'file:///'
    """
    return datasource_dataset.DatasourceDatasetFacet(
        name=dataset.namespace, uri=_address(dataset.namespace), producer=PRODUCER
    )


def _sort(table: Table, ours: str) -> str:
    if table.kind == "model":
        return "MODEL"
    if table.dataset.namespace == ours:
        return "JOB_OUTPUT"
    return "FILE" if table.dataset.namespace.partition(":")[0] in FILES else "TABLE"


def _address(namespace: str) -> str:
    if namespace == "file":
        return "file:///"
    if _is_address(namespace):
        return quote(namespace, safe=ADDRESS)
    return f"urn:audit-pipeline:namespace:{quote(namespace, safe='') or '-'}"


def _is_address(namespace: str) -> bool:
    try:
        parts = urlsplit(namespace)
    except ValueError:  # brackets that hold no address
        return False
    return bool(parts.scheme and parts.netloc)

from dataclasses import replace

import pytest
from openlineage.client.serde import Serde

from audit_pipeline.domain.lineage import WHOLE, Dataset, Edge, Field
from audit_pipeline.lineage.facets.columns import column_lineage
from audit_pipeline.lineage.facets.counts import counts_of_input, counts_of_output
from audit_pipeline.lineage.facets.datasets import dataset_facets, input_facets, output_facets
from audit_pipeline.lineage.facets.places import data_source, dataset_type
from audit_pipeline.lineage.told import ColumnCounts, Table
from audit_pipeline_tests.lineage.samples import (
    CHECKS,
    COUNTED,
    CUT,
    DRIFT,
    MODEL_FILE,
    OURS,
    PROFILE,
    ROWS,
)

BARE = Table(dataset=ROWS, kind="csv")
INCOME, AGE = Field(PROFILE.dataset, "income"), Field(PROFILE.dataset, "age")


def test_a_column_names_each_source_once_with_all_its_ways() -> None:
    facet = column_lineage(CHECKS)

    assert facet is not None
    assert list(facet.fields) == ["psi(income)"]
    (source,) = facet.fields["psi(income)"].inputFields
    assert (source.namespace, source.name, source.field) == (OURS, "loans.profile", "income")
    assert source.transformations is not None
    first, second = source.transformations
    assert (first.type, first.subtype, first.masking) == ("DIRECT", "AGGREGATION", True)
    assert (second.type, second.subtype, second.masking) == ("INDIRECT", "FILTER", False)


def test_what_decides_the_rows_is_told_of_the_whole_dataset() -> None:
    facet = column_lineage(replace(CHECKS, edges=(Edge(AGE, Field(DRIFT, WHOLE), CUT),)))

    assert facet is not None
    assert facet.fields == {}
    assert facet.dataset is not None
    assert [source.field for source in facet.dataset] == ["age"]


def test_all_rows_are_no_column() -> None:
    rows = Field(PROFILE.dataset, WHOLE)
    edges = (Edge(rows, Field(DRIFT, "psi(all)"), COUNTED), Edge(rows, Field(DRIFT, WHOLE), CUT))

    assert column_lineage(replace(CHECKS, edges=edges)) is None


def test_edges_into_another_dataset_are_not_told_of_this_one() -> None:
    assert column_lineage(replace(CHECKS, edges=(Edge(AGE, INCOME),))) is None


def test_counts_of_few_are_not_told() -> None:
    counts = {
        "few nulls": ColumnCounts(nulls=9, distinct=9),
        "few values": ColumnCounts(nulls=991, distinct=10),
        "none": ColumnCounts(nulls=0, distinct=0),
        "all": ColumnCounts(nulls=1000),
        "many": ColumnCounts(nulls=10, distinct=700),
    }
    table = replace(PROFILE, rows=1000, counts=counts)

    for facet in (counts_of_input(table), counts_of_output(table)):
        assert facet is not None
        assert facet.rowCount == 1000
        told = {name: (of.nullCount, of.distinctCount) for name, of in facet.columnMetrics.items()}
        assert told == {
            "few nulls": (None, None),
            "few values": (None, 10),
            "none": (0, 0),
            "all": (1000, None),
            "many": (10, 700),
        }


def test_few_rows_are_not_told() -> None:
    few = replace(BARE, rows=7)

    assert input_facets(few) == {}
    assert output_facets(few) == {}
    assert "inputStatistics" in input_facets(replace(BARE, rows=0))
    assert "outputStatistics" in output_facets(replace(BARE, rows=10))


def test_what_is_not_known_of_a_dataset_is_not_told() -> None:
    assert set(dataset_facets(BARE, OURS, made=True)) == {"datasetType", "dataSource"}


def test_other_names_tags_owner_version_and_words_are_told() -> None:
    table = replace(PROFILE, also=(Dataset("arn:aws:glue:eu:1", "table/loans"),))

    facets = {key: Serde.to_dict(facet) for key, facet in dataset_facets(table, OURS).items()}

    assert facets["symlinks"]["identifiers"] == [
        {"namespace": "arn:aws:glue:eu:1", "name": "table/loans", "type": "TABLE"}
    ]
    assert [(tag["key"], tag["value"]) for tag in facets["tags"]["tags"]] == [("risk", "high")]
    assert facets["ownership"]["owners"] == [{"name": "team:credit", "type": "OWNER"}]
    assert facets["version"]["datasetVersion"] == "ab" * 32
    assert facets["documentation"]["description"] == "Counts of the rows."


def test_columns_are_told_in_their_order() -> None:
    facet = dataset_facets(PROFILE, OURS)["schema"]

    fields = facet.fields  # type: ignore[attr-defined] # of a schema
    assert [(f.name, f.type, f.ordinal_position) for f in fields] == [
        ("income", "histogram", 1),
        ("age", "histogram", 2),
        ("sex", "categories", 3),
    ]


@pytest.mark.parametrize(
    ("table", "sort"),
    [
        (PROFILE, "JOB_OUTPUT"),
        (MODEL_FILE, "MODEL"),
        (BARE, "FILE"),
        (Table(dataset=Dataset("s3://bank", "loans"), kind="parquet"), "FILE"),
        (Table(dataset=Dataset("postgres://db:5432", "bank.public.loans"), kind="sql"), "TABLE"),
    ],
)
def test_a_dataset_says_what_sort_of_thing_it_is(table: Table, sort: str) -> None:
    facet = dataset_type(table, OURS)

    assert (facet.datasetType, facet.subType) == (sort, table.kind)


@pytest.mark.parametrize(
    ("namespace", "address"),
    [
        ("file", "file:///"),
        ("postgres://db:5432", "postgres://db:5432"),
        ("s3://bank of us", "s3://bank%20of%20us"),
        (OURS, "urn:audit-pipeline:namespace:audit_pipeline"),
        ("a/b 😀", "urn:audit-pipeline:namespace:a%2Fb%20%F0%9F%98%80"),
        ("http://[half", "urn:audit-pipeline:namespace:http%3A%2F%2F%5Bhalf"),
    ],
)
def test_every_place_has_an_address(namespace: str, address: str) -> None:
    facet = data_source(Dataset(namespace, "x"))

    assert (facet.name, facet.uri) == (namespace, address)

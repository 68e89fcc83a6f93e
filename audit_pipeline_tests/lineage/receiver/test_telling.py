"""Which field comes from which, read from each form in which tools tell it."""

import json

import pytest

from audit_pipeline.domain.lineage import WHOLE, Dataset, Edge, Field, Transformation
from audit_pipeline.lineage.receiver.checking import read_event
from audit_pipeline.lineage.receiver.reading import RefusedError
from audit_pipeline.lineage.receiver.telling import ROWS, heard
from audit_pipeline.store.received import Heard
from audit_pipeline_tests.lineage.receiver.others import (
    DATABASE,
    Event,
    catalogue,
    column,
    columns,
    event,
    spark,
    table,
)

RAW, CLEAN = Dataset("s3://lake", "raw"), Dataset("file", "/clean")


def told(said: Event) -> Heard:
    return heard(read_event(json.dumps(said).encode()))


def test_columns_rows_and_transformations_of_spark_are_read() -> None:
    known = told(spark("raw", "/clean")[2])
    filtered = Transformation(type="INDIRECT", subtype="FILTER", description="day > …")

    assert set(known.edges) == {
        Edge(Field(RAW, "id"), Field(CLEAN, "id")),
        Edge(Field(RAW, "amount"), Field(CLEAN, "income")),
        Edge(Field(RAW, "day"), Field(CLEAN, "income"), filtered),
        Edge(Field(RAW, WHOLE), Field(CLEAN, WHOLE), ROWS),
    }
    assert (known.inputs, known.outputs) == ((RAW,), (CLEAN,))
    assert known.same == ((CLEAN, Dataset("file:/clean", "default.loans")),)
    assert known.job == "tests loans.execute_insert_into_hadoop_fs_relation_command.clean"


def test_what_decides_over_all_rows_leads_to_the_rows() -> None:
    how = {"type": "INDIRECT", "subtype": "JOIN"}
    lineage = columns() | {"dataset": [column("s3://lake", "raw", "key", **how)]}

    known = told(event(outputs=[table("file", "/clean", columnLineage=lineage)]))

    assert (
        Edge(
            Field(RAW, "key"), Field(CLEAN, WHOLE), Transformation(type="INDIRECT", subtype="JOIN")
        )
        in known.edges
    )


def test_the_newer_facet_of_a_dataset_and_of_a_job_is_read() -> None:
    customers, orders = (Dataset(DATABASE, f"public.{n}") for n in ("customers", "orders"))
    enriched = Dataset(DATABASE, "public.enriched")
    of_dataset, of_job = map(told, catalogue())

    assert set(of_dataset.edges) == {
        Edge(Field(customers, "id"), Field(enriched, "customer_id")),
        Edge(Field(customers, WHOLE), Field(enriched, WHOLE), ROWS),
        Edge(Field(orders, WHOLE), Field(enriched, WHOLE), ROWS),
    }
    assert (of_dataset.kind, of_dataset.job) == ("DATASET", "")
    # what flows into the job, and out of it into a table, flows into the table
    assert set(of_job.edges) == {Edge(Field(customers, WHOLE), Field(orders, WHOLE), ROWS)}
    assert of_job.kind == "JOB"


def test_a_value_in_a_description_is_masked() -> None:
    said = "name = 'Smith' and age>=41 or code in (\"A-1\", 12.5) and col_1 = t2.col_2"
    how = {"type": "DIRECT", "subtype": "no word", "description": said}
    lineage = columns(a=[column("s3://lake", "raw", "a", **how)])

    edge, _ = told(event(outputs=[table("file", "/clean", columnLineage=lineage)])).edges

    assert edge.how.description == "name = … and age>=… or code in (…, …) and col_1 = t2.col_2"
    assert edge.how.subtype == "TRANSFORMATION"


@pytest.mark.parametrize("at", ["inputs", "outputs"])
def test_a_name_too_long_for_a_database_is_refused(at: str) -> None:
    with pytest.raises(RefusedError, match="more than 1500 bytes"):
        told(event() | {at: [table("file", "/" + "ü" * 750)]})


def test_times_with_nanoseconds_and_before_all_times_are_taken() -> None:
    java = told(event() | {"eventTime": "2026-11-20T19:45:47.102778123+01:00"})
    unset = told(event() | {"eventTime": "0001-01-01T00:00:00+10:00"})

    assert java.happened.isoformat() == "2026-11-20T18:45:47.102778+00:00"
    assert unset.happened.year >= 2026

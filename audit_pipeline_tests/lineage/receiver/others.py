"""Events of other tools, small, in the form that each is seen to send.

Spark: `integration/spark/app/integrations/container/pysparkCLLEnd.json` and
`pysparkSymlinksComplete.json`; dbt: `integration/common/tests/dbt/structured_logs/postgres/run`,
both of OpenLineage/OpenLineage; Airflow: `providers/openlineage/tests/system/openlineage` of
apache/airflow; the getting-started events: https://openlineage.io/getting-started. The newer
lineage facet: `spec/tests/LineageFacet` of OpenLineage/OpenLineage. Written anew, not copied.
"""

import uuid
from typing import Any

Event = dict[str, Any]
MADE_BY = "https://github.com/OpenLineage/OpenLineage/tree/1.54.0"
SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json"
FACETS = "https://openlineage.io/spec/facets"

DATABASE = "postgres://db.example.org:5432"
APPLICATIONS = "lending.public.applications"


def facet(schema: str, producer: str = MADE_BY, **said: object) -> Event:
    """Return a facet."""
    return {"_producer": producer, "_schemaURL": f"{FACETS}/{schema}", **said}


def event(kind: str = "COMPLETE", *, job: str = "job", **changes: object) -> Event:
    """Return a run event; each job has one run."""
    return {
        "eventType": kind,
        "eventTime": "2026-11-20T19:45:47.102778Z",
        "producer": MADE_BY,
        "schemaURL": f"{SCHEMA}#/$defs/RunEvent",
        "run": {"runId": str(uuid.uuid5(uuid.NAMESPACE_URL, job))},
        "job": {"namespace": "tests", "name": job},
        **changes,
    }


def table(namespace: str, name: str, **facets: object) -> Event:
    """Return a dataset."""
    return {"namespace": namespace, "name": name, "facets": facets}


def columns(**fields: list[Event]) -> Event:
    """Return the facet that says which columns come from which."""
    inputs = {name: {"inputFields": said} for name, said in fields.items()}
    return facet("1-2-0/ColumnLineageDatasetFacet.json", fields=inputs)


def column(namespace: str, name: str, field: str, **how: object) -> Event:
    """Return a column that another comes from; `how` is told if it is."""
    told = {"transformations": [how]} if how else {}
    return {"namespace": namespace, "name": name, "field": field, **told}


def getting_started() -> list[Event]:
    """Return the two events of the first steps: what is read comes first, what is written last."""
    read, written = table("my-namespace", "my-input"), table("my-namespace", "my-output")
    return [
        event("START", job="my-job", inputs=[read]),
        event("COMPLETE", job="my-job", outputs=[written]),
    ]


def airflow(target: str) -> list[Event]:
    """Return what Airflow sends of a task that unloads a table of a database to `s3://lake`."""
    parent = facet(
        "1-1-0/ParentRunFacet.json",
        run={"runId": str(uuid.UUID(int=1))},
        job={"namespace": "airflow", "name": "nightly"},
    )
    kind = facet(
        "2-0-3/JobTypeJobFacet.json", integration="AIRFLOW", jobType="TASK", processingType="BATCH"
    )
    state = facet("airflow", airflow="a facet of its own", dag={"dag_id": "nightly"})
    run = {"runId": str(uuid.UUID(int=2)), "facets": {"parent": parent, "airflow": state}}
    job = {"namespace": "airflow", "name": "nightly.unload", "facets": {"jobType": kind}}
    read = [table(DATABASE.replace(":5432", ""), APPLICATIONS)]
    written = [table("s3://lake", target)]
    return [
        event("START") | {"run": run, "job": job, "inputs": read, "outputs": []},
        event("COMPLETE") | {"run": run, "job": job, "outputs": written},
    ]


def spark(source: str, target: str) -> list[Event]:
    """Return what Spark sends of a query that reads `s3a://lake` and writes a local folder."""
    at = ("s3a://lake", f"/{source}")
    plain: Event = {"type": "DIRECT", "subtype": "IDENTITY", "description": "", "masking": False}
    kept: Event = {"type": "INDIRECT", "subtype": "FILTER", "description": "day > '2024-01-01'"}
    lineage = columns(
        id=[column(*at, "id", **plain)],
        income=[column(*at, "amount", **plain), column(*at, "day", **kept)],
    )
    names = [{"namespace": f"file:{target}", "name": "default.loans", "type": "TABLE"}]
    written = table(
        "file",
        target,
        columnLineage=lineage,
        schema=facet(
            "1-1-1/SchemaDatasetFacet.json", fields=[{"name": "income", "type": "double"}]
        ),
        symlinks=facet("1-0-1/SymlinksDatasetFacet.json", identifiers=names),
    )
    job = "loans.execute_insert_into_hadoop_fs_relation_command.clean"
    plan = {"spark.logicalPlan": facet("1-0-0", plan=[{"class": "org.apache.spark.sql.Project"}])}
    run = {"runId": str(uuid.UUID(int=3)), "facets": plan}
    both = {"run": run, "inputs": [table(*at)], "outputs": [written]}
    return [event(kind, job=job, **both) for kind in ("START", "RUNNING", "COMPLETE")]


def dbt() -> list[Event]:
    """Return what dbt sends of a project with one model: the run, the model, its statements."""
    facets = {
        "dbt_version": facet("dbt-version-run-facet.json", version="1.8.2"),
        "processing_engine": facet(
            "1-1-1/ProcessingEngineRunFacet.json", name="dbt", version="1.8.2"
        ),
    }
    sql = facet("1-0-0/SQLJobFacet.json", query="create view stg_loans as select 1")
    model = {
        "inputs": [table("postgres://db.example.org:5432", APPLICATIONS)],
        "outputs": [table("postgresql://db.example.org", "lending.public.stg_loans")],
    }
    return [
        event("START", job="dbt-run-lending", inputs=[], outputs=[]),
        _with(event("START", job="model.lending.stg_loans", **model), facets),
        _with(event("START", job="model.lending.stg_loans.sql.1", inputs=[], outputs=[]), {})
        | {"job": {"namespace": "tests", "name": "m.sql.1", "facets": {"sql": sql}}},
        _with(event("COMPLETE", job="model.lending.stg_loans", **model), facets),
        event("COMPLETE", job="dbt-run-lending", inputs=[], outputs=[]),
    ]


def _with(said: Event, facets: Event) -> Event:
    return said | {"run": said["run"] | {"facets": facets}}


def catalogue() -> list[Event]:
    """Return a dataset and a job that a catalogue tells of without a run, in the newer facet."""
    customers = {"namespace": DATABASE, "name": "public.customers", "type": "DATASET"}
    by_field = {"customer_id": {"inputs": [customers | {"field": "id"}]}}
    schema = "1-0-0/LineageFacet.json"
    orders = {"namespace": DATABASE, "name": "public.orders", "type": "DATASET"}
    own = {"type": "JOB"}
    entries = [own | {"inputs": [customers]}, orders | {"inputs": [own]}]
    common = {"eventTime": "2026-11-20T19:45:47Z", "producer": MADE_BY, "schemaURL": SCHEMA}
    return [
        {
            **common,
            "dataset": table(
                DATABASE,
                "public.enriched",
                lineage=facet(schema, inputs=[orders], fields=by_field),
            ),
        },
        {
            **common,
            "job": {
                "namespace": "catalogue",
                "name": "order",
                "facets": {"lineage": facet(schema, entries=entries)},
            },
        },
    ]

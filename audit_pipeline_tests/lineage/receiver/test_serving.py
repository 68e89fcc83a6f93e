"""A real receiver, driven over real HTTP by OpenLineage's own client, and by hand."""

import gzip
import signal
from pathlib import Path

import pytest
from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import (
    DatasetEvent,
    Job,
    JobEvent,
    Run,
    RunEvent,
    RunState,
    StaticDataset,
)
from openlineage.client.facet_v2 import DatasetFacet
from openlineage.client.facet_v2 import column_lineage_dataset as lineage
from openlineage.client.transport.http import ApiKeyTokenProvider, HttpConfig, HttpTransport
from openlineage.client.uuid import generate_new_uuid

from audit_pipeline.audits.home import Home
from audit_pipeline.domain.lineage import Dataset, Edge, Field
from audit_pipeline.stages.lineage.receiving import known_upstream
from audit_pipeline_tests.lineage.receiver.others import (
    MADE_BY,
    column,
    columns,
    dbt,
    event,
    facet,
    getting_started,
    table,
)
from audit_pipeline_tests.lineage.receiver.running import JSON, Nursery, Running

AT = "2026-11-20T19:45:47+00:00"


def kept(page: str) -> int:
    return int(page.partition("events kept: ")[2].partition("\n")[0])


@pytest.mark.parametrize("compression", [None, "gzip"])
def test_the_client_of_openlineage_is_understood(
    receiver: Running, compression: str | None
) -> None:
    settings = {"url": receiver.url.removesuffix("/api/v1/lineage"), "compression": compression}
    client = OpenLineageClient(transport=HttpTransport(HttpConfig.from_dict(settings)))
    fields = {"a": lineage.Fields([lineage.InputField("file", "/in", f"b{compression}")])}
    facets: dict[str, DatasetFacet] = {
        "columnLineage": lineage.ColumnLineageDatasetFacet(fields=fields)
    }
    written = StaticDataset("file", f"/out/{compression}", facets=facets)
    run, job = Run(str(generate_new_uuid())), Job("tests", "client")

    client.emit(
        RunEvent(eventTime=AT, run=run, job=job, eventType=RunState.START, producer=MADE_BY)
    )
    client.emit(JobEvent(eventTime=AT, job=job, producer=MADE_BY))
    client.emit(DatasetEvent(eventTime=AT, dataset=written, producer=MADE_BY))
    client.close()

    found = known_upstream(Home(receiver.home), [Dataset("file", written.name)]).edges
    assert Field(Dataset("file", "/in"), f"b{compression}") in {edge.source for edge in found}


def test_what_is_read_first_and_written_last_in_a_run_is_joined(receiver: Running) -> None:
    for said in getting_started():
        assert receiver.post(said) == (201, {"status": "stored", "ignored": []})

    graph = known_upstream(Home(receiver.home), [Dataset("my-namespace", "my-output")])

    assert [edge.source.dataset.name for edge in graph.edges] == ["my-input"]
    assert list(graph.titles.values()) == ["made by tests my-job"]


def test_an_event_is_stored_once_however_often_it_comes(receiver: Running) -> None:
    before = receiver.page()

    answers = [receiver.post(said) for said in (*dbt(), *dbt())]

    assert [status for status, _ in answers] == [201] * 10
    assert [answer["status"] for _, answer in answers] == ["stored"] * 5 + ["known"] * 5
    assert kept(receiver.page()) == kept(before) + 5


@pytest.mark.parametrize(
    ("body", "headers", "status", "why"),
    [
        (b"{", JSON, 400, "no JSON"),
        (b"", JSON, 400, "empty"),
        (b"<html/>", JSON, 400, "no JSON"),
        (b"{}", JSON, 400, "no event of OpenLineage"),
        (b"{}", {"Content-Type": "text/plain"}, 415, "application/json"),
        (b"{}", {}, 415, "application/json"),
        (b"{}", JSON | {"Content-Encoding": "br"}, 415, "gzip"),
        (gzip.compress(b" " * (1 << 28)), JSON | {"Content-Encoding": "gzip"}, 413, "16,777,216"),
        (b" " * 17_000_000, JSON, 413, "16,777,216"),
    ],
)
def test_bad_input_is_answered_with_what_is_wrong(
    receiver: Running, body: bytes, headers: dict[str, str], status: int, why: str
) -> None:
    code, answer = receiver.post(body, headers)

    assert code == status
    assert why in answer["error"]


def test_nothing_is_to_be_got_where_events_are_sent(receiver: Running) -> None:
    status, _ = receiver.post(b"", {}, method="GET")

    assert status == 405


def test_a_wrong_facet_is_told_in_the_answer_and_the_rest_is_stored(receiver: Running) -> None:
    run = event()["run"] | {"facets": {"mine": facet("mine"), "parent": facet("parent")}}

    status, answer = receiver.post(event(job="wrong facet") | {"run": run})

    assert status == 201
    assert answer["ignored"] == [
        {"facet": "parent", "where": "/run/facets", "why": ["/: run, job missing"]}
    ]


def test_an_event_of_five_megabytes_and_a_thousand_columns_are_taken(receiver: Running) -> None:
    plan = facet("plan", text="x" * 5_000_000)
    run = event()["run"] | {"facets": {"spark.logicalPlan": plan}}
    fields = {f"column {n} 🎉/": [column("file", "/wide in", f"c{n}")] for n in range(1000)}
    wide = table("file", "/wide out", columnLineage=columns(**fields))

    assert receiver.post(event(job="five") | {"run": run})[0] == 201
    assert receiver.post(event(job="wide", outputs=[wide]))[0] == 201

    read, written = Dataset("file", "/wide in"), Dataset("file", "/wide out")
    graph = known_upstream(Home(receiver.home), [written])
    assert len(graph.edges) == 1001
    assert Edge(Field(read, "c7"), Field(written, "column 7 🎉/")) in graph.edges


def test_a_page_of_another_site_in_a_browser_cannot_send(receiver: Running) -> None:
    status, _ = receiver.post(event(), JSON | {"Host": "evil.example.org"})

    assert status == 400


def test_with_a_key_only_those_who_know_it_may_send(nursery: Nursery, tmp_path: Path) -> None:
    key = "open sesame"
    running = nursery.start(tmp_path, key=key)
    config = HttpConfig(running.url, endpoint="", auth=ApiKeyTokenProvider({"api_key": key}))
    client = OpenLineageClient(transport=HttpTransport(config))

    refusals = [
        running.post(event(), JSON | given)[0]
        for given in ({}, {"Authorization": "Bearer open"}, {"Authorization": key})
    ]
    run = Run(str(generate_new_uuid()))
    client.emit(RunEvent(eventTime=AT, run=run, job=Job("n", "j"), producer=MADE_BY))
    client.close()

    assert refusals == [401, 401, 401]
    assert kept(running.page()) == 1
    running.kill(signal.SIGTERM)

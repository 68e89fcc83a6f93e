"""What other tools told is joined to an audit of ours, back to the table before all of them."""

import json
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text

from audit_pipeline.audits.home import Home
from audit_pipeline.domain.lineage import WHOLE, Dataset, Edge, Field
from audit_pipeline.lineage.receiver.checking import read_event
from audit_pipeline.lineage.receiver.telling import heard
from audit_pipeline.stages.lineage import receiving
from audit_pipeline.stages.lineage.graph import graph_of
from audit_pipeline.stages.lineage.names import verdict_of
from audit_pipeline.stages.lineage.receiving import known_upstream
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline.store.known_edges import put_edges
from audit_pipeline.store.received import keep
from audit_pipeline.store.store import Store
from audit_pipeline_tests.lineage.receiver.others import (
    APPLICATIONS,
    DATABASE,
    Event,
    airflow,
    catalogue,
    column,
    columns,
    dbt,
    event,
    facet,
    spark,
    table,
)
from audit_pipeline_tests.stages.small import NAME, write_home

STRANDS = """
    WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 99999)
    INSERT INTO audit_lineage_edges
    SELECT
        n, 'file', '/lake/' || (n / 10000) || '/' || (n % 10000), 'x',
        'file', '/lake/' || (n / 10000 + 1) || '/' || (n % 10000), 'x',
        '[{"type": "DIRECT"}]', 'job', '2026-11-01 00:00:00.000000'
    FROM numbers
"""
"""Ten thousand tables, each copied ten times, one after the other."""


def receive(home: Home, *events: Event) -> None:
    store = Store(home.store_url)
    for said in events:
        keep(store.engine, heard(read_event(json.dumps(said).encode())))
    store.close()


def write(home: Home, edges: Iterable[Edge], job: str = "etl") -> None:
    store = Store(home.store_url)
    with store.engine.begin() as connection:
        put_edges(connection, job, edges, datetime.now(UTC))
    store.close()


def chain(names: Iterable[str]) -> list[Edge]:
    tables = [Dataset("warehouse", name) for name in names]
    return [Edge(Field(a, "x"), Field(b, "x")) for a, b in pairwise(tables)]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_an_audit_reaches_back_to_the_table_before_two_jobs_of_others(tmp_path: Path) -> None:
    home = write_home(tmp_path / "home")
    audit = load_audit_file(home, NAME).audit
    # Airflow unloads a table to the lake, Spark cleans it into the folder our file is in
    receive(home, *airflow("raw/loans"), *spark("raw/loans", str(tmp_path / "home")))
    ours = graph_of(audit)
    files = [at.dataset for at in ours.fields if at.dataset.name.endswith("current.parquet")]

    graph = ours.joined(known_upstream(home, files))

    income = graph.upstream([verdict_of(NAME)])
    raw, first = Dataset("s3://lake", "raw/loans"), Dataset(DATABASE, APPLICATIONS)
    assert Field(raw, "amount") in income.fields
    assert Field(first, WHOLE) in income.fields
    assert graph.titles[raw] == "made by airflow nightly.unload"
    below = graph.downstream([Field(raw, "amount")])
    assert verdict_of(NAME) in below.fields


@pytest.mark.parametrize("namespace", ["audit_pipeline", " audit_pipeline\t", "s3a://ours"])
def test_nobody_else_can_tell_what_our_verdicts_rest_on(
    tmp_path: Path, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENLINEAGE_NAMESPACE", namespace.strip())
    home = write_home(tmp_path / "home")
    planned = graph_of(load_audit_file(home, NAME).audit)
    file = str(tmp_path / "home" / "current.parquet")
    # our verdicts are said to be made of a rumour, and our table of the verdicts; a circle besides
    rumour = columns(verdict=[column("file", "/rumour", "x")])
    circle = columns(income=[column(namespace, "loans.verdicts", "verdict")])
    same = [{"namespace": namespace, "name": "loans.verdicts", "type": "TABLE"}]
    links = facet("1-0-1/SymlinksDatasetFacet.json", identifiers=same)
    receive(
        home,
        event(outputs=[table(namespace, "loans.verdicts", columnLineage=rumour)]),
        event(outputs=[table("file", file, columnLineage=circle, symlinks=links)]),
        event(inputs=[table("file", "/before")], outputs=[table("file", file)], job="copy"),
    )

    theirs = known_upstream(home, {at.dataset for at in planned.fields})

    copied = Edge(Field(Dataset("file", "/before"), WHOLE), Field(Dataset("file", file), WHOLE))
    told = {(edge.source, edge.target) for edge in theirs.edges}
    assert (copied.source, copied.target) in told
    known = {Dataset("file", "/before"), Dataset("file", file), Dataset("file", "/rumour")}
    assert {at.dataset for at in theirs.fields} <= known


def test_a_table_that_a_query_reads_is_reached_through_dbt(home: Home) -> None:
    receive(home, *dbt())
    ours = Dataset("postgres://db.example.org:5432", "lending.public.stg_loans")

    graph = known_upstream(home, [ours])

    assert [edge.source.dataset for edge in graph.edges] == [Dataset(DATABASE, APPLICATIONS)]
    assert graph.titles[ours] == "made by tests model.lending.stg_loans"


def test_what_a_catalogue_tells_is_walked_column_by_column(home: Home) -> None:
    receive(home, *catalogue())
    ours = Dataset(DATABASE, "public.enriched")

    above = known_upstream(home, [ours]).upstream([Field(ours, "customer_id")])

    named = {(at.dataset.name, at.name) for at in above.fields}
    assert named >= {("public.customers", "id"), ("public.orders", WHOLE)}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("/lake/loans", "/lake/loans/part-0.parquet"),
        ("/lake/loans", "/lake/loans/day=1/part-0.parquet"),
        ("/lake/loans", "/lake/loans/*.parquet"),
        ("/lake/loans/part-0.parquet", "/lake/loans/*.parquet"),
        ("/lake/loans/part-0.parquet", "/lake/loans"),
        ("/lake/loans/day=1", "/lake/loans/"),
        ("file:///lake/loans/", "/lake/loans"),
    ],
)
def test_a_folder_and_a_file_within_it_are_the_same_table(
    home: Home, written: str, read: str
) -> None:
    lineage = columns(a=[column("file", "/before", "b")])
    receive(home, event(outputs=[table("file", written, columnLineage=lineage)]))
    ours = Dataset("file", read)

    graph = known_upstream(home, [ours])

    assert Edge(Field(Dataset("file", "/before"), "b"), Field(ours, "a")) in graph.edges


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("/lake/loans", "/lake/loans_old/part-0.parquet"),
        ("/lake/Loans", "/lake/loans"),
        ("/lake/loans/part-0.csv", "/lake/loans/*.parquet"),
        ("/", "/lake/loans"),
    ],
)
def test_what_only_looks_alike_is_another_table(home: Home, written: str, read: str) -> None:
    read_by = [table("file", "/before")]
    receive(home, event(inputs=read_by, outputs=[table("file", written)]))

    assert known_upstream(home, [Dataset("file", read)]).edges == ()


def test_either_name_of_a_table_leads_on(home: Home) -> None:
    names = [{"namespace": "hive://metastore:9083", "name": "default.loans", "type": "TABLE"}]
    links = facet("1-0-1/SymlinksDatasetFacet.json", identifiers=names)
    stored = table("file", "/warehouse/loans", symlinks=links)
    receive(home, event(job="a", inputs=[table("file", "/before")], outputs=[stored]))
    ours = Dataset("hive://metastore:9083", "default.loans")

    graph = known_upstream(home, [ours])

    assert [(e.source.dataset.name, e.target.dataset) for e in graph.edges] == [("/before", ours)]


def test_a_circle_is_walked_once_and_nothing_known_is_an_empty_graph(home: Home) -> None:
    write(home, chain("abca"))
    ours = Dataset("warehouse", "a")

    assert {e.source.dataset.name for e in known_upstream(home, [ours]).edges} == set("abc")
    assert known_upstream(home, [Dataset("warehouse", "z")]).edges == ()
    assert known_upstream(home, []).edges == ()


def test_fifty_steps_are_walked_and_the_cut_is_said(home: Home) -> None:
    write(home, chain(f"t{n}" for n in range(80, -1, -1)))

    graph = known_upstream(home, [Dataset("warehouse", "t0")])

    assert len(graph.edges) == 50
    assert "more before it is not shown" in graph.titles[Dataset("warehouse", "t50")]


def test_ten_thousand_edges_are_shown_and_the_cut_is_said(home: Home) -> None:
    ours, before = Dataset("warehouse", "wide"), Dataset("warehouse", "before")
    write(home, [Edge(Field(before, f"c{n}"), Field(ours, f"c{n}")) for n in range(10_001)])

    graph = known_upstream(home, [ours])

    assert len(graph.edges) == receiving.MOST_EDGES
    assert "more before it is not shown" in graph.titles[ours]


def test_of_a_hundred_thousand_edges_those_of_ten_steps_are_found_quickly(home: Home) -> None:
    store = Store(home.store_url)
    with store.engine.begin() as connection:
        connection.execute(text(STRANDS))
    store.close()
    ours = Dataset("file", "/lake/10/77")

    begun = time.monotonic()
    graph = known_upstream(home, [ours])

    assert len(graph.edges) == 10
    assert time.monotonic() - begun < 2

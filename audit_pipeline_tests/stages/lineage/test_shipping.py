"""Shipping a home's events: where to is read anew each time, and no failure raises."""

import json
import os
import socket
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import update

from audit_pipeline.audits.home import Home
from audit_pipeline.stages.lineage.reconciling import reconcile
from audit_pipeline.stages.lineage.shipping import NOWHERE, retry_refused, ship, status
from audit_pipeline.stages.revision import open_store
from audit_pipeline.store import engine, open_runs
from audit_pipeline.store.channels import Channel, hold, note
from audit_pipeline.store.engine import StoreError
from audit_pipeline.store.lineage_tables import outbox
from audit_pipeline.store.outbox import LINEAGE, Tally, tally
from audit_pipeline.store.owner import Owner
from audit_pipeline.store.store import Store
from audit_pipeline_tests.lineage.backends import answer, backend
from audit_pipeline_tests.lineage.queued import event, queue, queue_streams
from audit_pipeline_tests.servers import free_port


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name in ("OPENLINEAGE_URL", "OPENLINEAGE_API_KEY", "AUDIT_PIPELINE_STORE_URL"):
        monkeypatch.delenv(name, raising=False)
    return Home(tmp_path)


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    opened = Store(home.store_url)
    yield opened
    opened.close()


def to(home: Home, url: str, more: str = "") -> None:
    said = f"transport: {{type: http, url: '{url}', timeout: 0.5{more}}}"
    (home.path / "openlineage.yml").write_text(said)


def test_without_a_destination_events_wait_for_thirty_days(home: Home, store: Store) -> None:
    queue_streams(store, 2, 3)
    shipped = ship(home, 5)

    assert (shipped.place, shipped.waiting, shipped.problem) == (None, 6, NOWHERE)
    assert shipped.told == f"6 events waiting; {NOWHERE}"
    old = datetime.now(UTC) - timedelta(days=31)
    with store.engine.begin() as connection:
        connection.execute(update(outbox).values(changed=old))
    assert ship(home, 5).told == NOWHERE


def test_events_go_where_the_environment_says(
    home: Home, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_streams(store, 2, 3)
    with backend() as marquez:
        monkeypatch.setenv("OPENLINEAGE_URL", marquez.url)
        monkeypatch.setenv("OPENLINEAGE_API_KEY", "geheim")
        shipped = ship(home, 5)

    assert shipped.told == f"6 events delivered to {marquez.url}/api/v1/lineage"
    assert marquez.got[0].headers["Authorization"] == "Bearer geheim"
    assert ship(home, 5).told == "no event waits"


def test_a_backend_that_failed_is_left_alone_until_its_next_try(home: Home, store: Store) -> None:
    queue_streams(store, 2, 3)
    to(home, f"http://127.0.0.1:{free_port()}")
    first = ship(home, 5)
    assert first.next_try is not None
    with backend() as marquez:
        to(home, marquez.url)
        second = ship(home, 5)
        assert marquez.asked == 0
        assert (second.waiting, second.next_try) == (6, first.next_try)
        assert ship(home, 5, at_once=True).delivered == 6

    assert "6 events waiting for http://127.0.0.1:" in first.told
    assert "nobody listens there; next try at 20" in first.told


def test_a_file_that_is_wrong_is_told_and_nothing_is_lost(home: Home, store: Store) -> None:
    queue_streams(store, 1, 2)
    to(home, "ftp://marquez")
    shipped = ship(home, 5)

    assert "openlineage.yml:1: transport.url: is no address of HTTP" in shipped.told
    assert shipped.waiting == 2


def test_a_secret_that_is_missing_is_told(home: Home, store: Store) -> None:
    queue_streams(store, 1, 2)
    to(home, "http://127.0.0.1:9", ", auth: {type: api_key, api_key_env: NO_SUCH_SECRET}")

    assert "the environment has no NO_SUCH_SECRET" in ship(home, 5).told


def test_while_another_delivers_nothing_is_done(home: Home, store: Store) -> None:
    queue_streams(store, 1, 2)
    with backend() as marquez:
        to(home, marquez.url)
        hold(store.engine, LINEAGE, "another", timedelta(seconds=60))
        shipped = ship(home, 5)

    assert "another process delivers; if it died, the next one may from " in shipped.told
    assert (marquez.asked, shipped.waiting) == (0, 2)


def test_a_run_that_a_crash_left_open_is_ended_and_that_is_delivered(
    home: Home, store: Store
) -> None:
    run = "01890000-0000-7000-8000-000000000001"
    start = json.dumps(
        {
            "eventType": "START",
            "eventTime": "2026-01-01T00:00:00+00:00",
            "producer": "urn:audit-pipeline:0",
            "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
            "run": {"runId": run, "facets": {}},
            "job": {"namespace": "audit_pipeline", "name": "loans", "facets": {}},
            "stream": "a",
        }
    )
    dead = Owner(run_id="gone", host=socket.gethostname(), pid=2**22 + 1, pid_started=0)
    with store.engine.begin() as connection:
        left = open_runs.OpenRun(
            lineage_run=run, root=run, audit="loans", window="2024-01", start=start.encode()
        )
        open_runs.begin(connection, left, dead)
    with backend() as marquez:
        to(home, marquez.url)
        assert ship(home, 5).delivered == 1

    assert marquez.got[0].event["eventType"] == "ABORT"
    assert marquez.got[0].event["run"]["runId"] == run


def test_how_delivery_stands_is_told(home: Home, store: Store) -> None:
    queue(store, event("a", 0), event("b", 0))
    with backend() as marquez:
        marquez.manner = answer(422, "no such facet")
        to(home, marquez.url)
        assert ship(home, 5).told == "2 events set aside: see audit-pipeline lineage status"
    queue(store, event("c", 0))
    stands = status(home)

    assert stands.place == f"{marquez.url}/api/v1/lineage"
    assert stands.tally == Tally(waiting=1, delivered=0, set_aside=2)
    assert stands.waiting_since is not None
    assert stands.waiting_since.tzinfo is UTC
    assert [each.key for each in stands.unwanted] == ["a-0", "b-0"]
    assert stands.unwanted[0].problem.endswith("answered 422: no such facet")
    assert retry_refused(home) == 2
    assert tally(store.engine, LINEAGE).waiting == 3


def test_a_pause_that_is_over_is_over(home: Home, store: Store) -> None:
    queue_streams(store, 1, 1)
    hold(store.engine, LINEAGE, "one", timedelta(seconds=-1))
    soon = datetime.now(UTC) + timedelta(seconds=0.3)
    note(store.engine, LINEAGE, Channel(failures=2, next_try=soon, problem="down"))
    with backend() as marquez:
        to(home, marquez.url)
        assert ship(home, 5).problem == "down"
        time.sleep(0.4)
        assert ship(home, 5).delivered == 1


def test_a_clock_that_was_set_back_stops_nobody(home: Home, store: Store) -> None:
    queue_streams(store, 1, 2)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    with store.engine.begin() as connection:
        connection.execute(update(outbox).values(problem="down", attempts=1, changed=tomorrow))
    assert hold(store.engine, LINEAGE, "who died tomorrow", timedelta(days=1))
    note(store.engine, LINEAGE, Channel(failures=9, next_try=tomorrow, problem="down"))
    with backend() as marquez:
        to(home, marquez.url)
        assert ship(home, 5).delivered == 2


def test_a_store_that_is_in_use_for_too_long_is_told_in_words(
    home: Home, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_streams(store, 1, 1)
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.2)
    open_store.cache_clear()
    ship(home, 1)
    other = sqlite3.connect(home.path / "results.db")
    other.execute("BEGIN EXCLUSIVE")

    with pytest.raises(StoreError, match=r"results.db cannot be used: database is locked$"):
        ship(home, 1)

    other.close()
    open_store.cache_clear()
    assert ship(home, 1).waiting == 1


def test_two_that_end_what_a_crash_left_open_end_it_once(home: Home, store: Store) -> None:
    dead = Owner(run_id="r", host=socket.gethostname(), pid=os.getpid(), pid_started=1.0)
    start = json.dumps({"eventTime": "", "run": {"runId": "x"}, "job": {}}).encode()
    with store.engine.begin() as connection:  # of a process whose id was given anew: to this one
        for number in range(20):
            name = str(uuid4())
            run = open_runs.OpenRun(
                lineage_run=name, root=name, audit="a", window=str(number), start=start
            )
            assert open_runs.begin(connection, run, dead)
    with ThreadPoolExecutor() as two:
        ended = sum(two.map(reconcile, [store, store]))

    assert ended == 20
    assert tally(store.engine, LINEAGE).waiting == 20

"""The sensor that delivers lineage events: on from the start, and never red for a backend."""

import json
import time
from functools import partial
from pathlib import Path

import dagster as dg
import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline.defs.build import build_definitions
from audit_pipeline.store.outbox import LINEAGE, tally
from audit_pipeline.store.store import Store
from audit_pipeline_tests.defs import ticks
from audit_pipeline_tests.defs.homes import small_audit, write_audit
from audit_pipeline_tests.defs.processes import CLI, running, wait_for
from audit_pipeline_tests.lineage.backends import backend, hang
from audit_pipeline_tests.lineage.queued import queue_streams
from audit_pipeline_tests.servers import free_port

tick = partial(ticks.tick, "lineage_shipper")


@pytest.fixture
def home(home: Home) -> Home:
    write_audit(home.path, small_audit("late"))
    return home


def to(home: Home, url: str) -> None:
    said = {"transport": {"type": "http", "url": url, "timeout": 0.3}}
    (home.path / "openlineage.yml").write_text(json.dumps(said))


def queued(home: Home, streams: int = 2, places: int = 3) -> Store:
    store = Store(home.store_url)
    queue_streams(store, streams, places)
    return store


def test_the_sensor_is_on_from_the_start_and_only_where_there_are_audits(home: Home) -> None:
    sensor = build_definitions(home).get_repository_def().get_sensor_def("lineage_shipper")
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    assert sensor.minimum_interval_seconds == 30

    (home.audits / "late.yaml").unlink()
    assert list(build_definitions(home).get_repository_def().sensor_defs) == []


def test_a_tick_delivers_and_says_how_many(home: Home) -> None:
    queued(home).close()
    with backend() as marquez:
        to(home, marquez.url)
        ticked = tick(home)

    assert ticked.run_requests == []
    assert ticked.skip_message == f"6 events delivered to {marquez.url}/api/v1/lineage"


def test_a_dead_backend_is_no_error_and_what_waits_is_said(home: Home) -> None:
    queued(home).close()
    url = f"http://127.0.0.1:{free_port()}"
    to(home, url)
    for _ in range(2):  # the second does not even try
        said = str(tick(home).skip_message)
        place = f"{url}/api/v1/lineage"
        assert said.startswith(
            f"6 events waiting for {place}; {place}: nobody listens there; next try"
        )


def test_a_hanging_backend_does_not_hold_up_a_tick(home: Home) -> None:
    queued(home, streams=100, places=1).close()
    with backend(hang) as marquez:
        to(home, marquez.url)
        begun = time.monotonic()
        said = str(tick(home).skip_message)

    assert time.monotonic() - begun < 5
    assert "no whole answer within 0.3 s a step" in said


def test_no_destination_and_a_wrong_file_are_no_errors(home: Home) -> None:
    queued(home).close()
    assert "no destination is named: openlineage.yml" in str(tick(home).skip_message)
    (home.path / "openlineage.yml").write_text("transport: 3")
    assert "openlineage.yml:1: transport: is missing" in str(tick(home).skip_message)


def test_the_command_line_and_the_sensor_deliver_each_event_once(
    home: Home, tmp_path: Path
) -> None:
    store = queued(home, streams=20, places=20)
    with backend() as marquez:
        to(home, marquez.url)
        command = (*CLI, "lineage", "ship", "--seconds", "20")
        with running(home, *command, log=tmp_path / "log") as cli:
            tick(home)
            wait_for(lambda: not cli.is_running() or cli.status() == "zombie" or None, 30)
            wait_for(lambda: tally(store.engine, LINEAGE).waiting == 0 or None, 5)
    store.close()

    assert len(marquez.got) == len(marquez.keys()) == 400

"""The sensor that delivers alerts: on from the start, and never red for a service."""

import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import dagster as dg
import pyarrow.parquet as pq
import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline.defs.alerts import NOTHING_NEW
from audit_pipeline.defs.build import build_definitions
from audit_pipeline.stages.alerting.delivered import NO_FILE
from audit_pipeline.stages.alerting.turns import Turn
from audit_pipeline.store.store import Store
from audit_pipeline_tests.alerts.made import finding, happen
from audit_pipeline_tests.alerts.services import html_of, mail, web
from audit_pipeline_tests.benchmarks import landings
from audit_pipeline_tests.benchmarks.nightly import at_work, new_home
from audit_pipeline_tests.defs import ticks
from audit_pipeline_tests.defs.homes import small_audit, write_audit
from audit_pipeline_tests.defs.processes import wait_for

tick = partial(ticks.tick, "alerts")


@pytest.fixture
def home(home: Home) -> Home:
    write_audit(home.path, small_audit("late"))
    return home


def test_the_sensor_is_on_from_the_start_and_only_where_there_are_audits(home: Home) -> None:
    sensor = build_definitions(home).get_repository_def().get_sensor_def("alerts")
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    assert sensor.minimum_interval_seconds is not None
    assert sensor.minimum_interval_seconds < 5  # else the daemon, at its fives, leaves out turns
    (home.audits / "late.yaml").unlink()
    names = {each.name for each in build_definitions(home).get_repository_def().sensor_defs}
    assert "alerts" not in names


def test_ticks_say_what_came_of_them(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(home.store_url)
    happen(store, finding())
    store.close()
    assert tick(home).skip_message == f"1 alert waiting; {NO_FILE}"
    (home.path / "alerts.yml").write_text("routes:\n  - {name: duty, to_env: [ALERTS_ONE]}\n")
    assert "the environment has no ALERTS_ONE" in str(tick(home).skip_message)
    with web() as hook:
        monkeypatch.setenv("ALERTS_ONE", hook.url)
        said = str(tick(home).skip_message)  # it is left alone for half a minute
        assert said.startswith("1 alert waiting; ALERTS_ONE: the environment has no ALERTS_ONE")
    (home.path / "alerts.yml").write_text("routes: 3")
    begun = time.monotonic()
    assert "alerts.yml:1: routes" in str(tick(home).skip_message)
    assert time.monotonic() - begun < 5


def test_what_was_just_written_is_told_at_once_and_the_rest_twice_a_minute(home: Home) -> None:
    store = Store(home.store_url)
    at = datetime(2026, 3, 10, 6, tzinfo=UTC)
    empty = Turn.at_home(home, at)
    assert empty.is_due_after(None)
    assert empty.is_due_after("of another version")
    assert not Turn.at_home(home, at + timedelta(seconds=28)).is_due_after(empty.cursor)
    assert Turn.at_home(home, at + timedelta(seconds=29)).is_due_after(empty.cursor)
    assert Turn.at_home(home, at - timedelta(hours=1)).is_due_after(empty.cursor)  # set back
    happen(store, finding())
    told = Turn.at_home(home, at + timedelta(seconds=5))
    assert told.is_due_after(empty.cursor)
    # nobody is named to be told: what waits is nothing new
    assert not Turn.at_home(home, at + timedelta(seconds=10)).is_due_after(told.cursor)
    store.close()


@pytest.mark.parametrize("milliseconds", [0, 49, 51, 999])
@pytest.mark.parametrize("later", [0, 1, 40])
def test_a_look_right_after_another_is_not_a_clock_that_was_set_back(
    home: Home, milliseconds: int, later: int
) -> None:
    at = datetime(2026, 3, 10, 6, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    taken = Turn.at_home(home, at)
    assert not Turn.at_home(home, at + timedelta(milliseconds=later)).is_due_after(taken.cursor)


def test_a_tick_with_nothing_new_writes_nothing(home: Home) -> None:
    first = tick(home)
    second = tick(home, cursor=first.cursor)
    assert (first.skip_message, second.skip_message) == (NO_FILE, NOTHING_NEW)
    assert second.cursor == first.cursor


def test_data_that_lands_is_audited_and_told_by_mail_and_http(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The daemon, the web server and all settings are those that a user starts with."""
    day = landings.yesterday()
    monkeypatch.setenv("DAGSTER_HOME", "")  # is set to the home meanwhile
    home = new_home(tmp_path, landings.settings(day, 1))
    pq.write_table(landings.orders(day, 0), home.path / "baseline.parquet")
    (home.path / "alerts.yml").write_text(
        "routes:\n  - {name: duty, to_env: [ALERTS_ONE, ALERTS_TWO], severity: low}\n"
    )
    with mail() as box, web() as hook:
        addresses = {"ALERTS_ONE": box.url, "ALERTS_TWO": hook.url}
        with at_work(home, tmp_path / "dagster.log", addresses):
            landings.land(home.path, day, 1)
            wait_for(lambda: box.got and hook.got, 180)
    (letter,), (message,) = box.got, hook.got
    assert landings.NAME in html_of(letter)
    assert landings.NAME in str(message)
    ticks = (home.path / "storage" / "__repository__").glob("alerts/*")
    assert not list(ticks)  # a file for every tick would fill the disk

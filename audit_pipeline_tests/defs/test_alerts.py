"""The sensor that delivers alerts: on from the start, and never red for a service."""

import time
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.sensor_definition import SensorExecutionData

from audit_pipeline.audits.home import Home
from audit_pipeline.defs.build import build_definitions
from audit_pipeline.stages.alerting.delivered import NO_FILE
from audit_pipeline.store.store import Store
from audit_pipeline_tests.alerts.made import finding, happen
from audit_pipeline_tests.alerts.services import web
from audit_pipeline_tests.defs.homes import small_audit, write_audit


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path / "home")
    home.audits.mkdir(parents=True)
    monkeypatch.setenv("DAGSTER_HOME", str(home.path))
    monkeypatch.delenv("AUDIT_PIPELINE_STORE_URL", raising=False)
    write_audit(home.path, small_audit("late"))
    return home


def tick(home: Home) -> SensorExecutionData:
    repository = build_definitions(home).get_repository_def()
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance, repository_def=repository)
        return repository.get_sensor_def("alerts").evaluate_tick(context)


def test_the_sensor_is_on_from_the_start_and_only_where_there_are_audits(home: Home) -> None:
    sensor = build_definitions(home).get_repository_def().get_sensor_def("alerts")
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    assert sensor.minimum_interval_seconds == 30
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

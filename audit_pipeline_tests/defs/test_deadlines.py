"""In the daemon: what is late becomes a finding, what was missed is caught up, and no more."""

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.definitions.sensor_definition import SensorExecutionData
from sqlalchemy import insert

from audit_pipeline import clock
from audit_pipeline.audits.home import Home
from audit_pipeline.defs import catching_up
from audit_pipeline.defs.build import build_definitions
from audit_pipeline.defs.daemon import SILENT_SECONDS, daemon_problem
from audit_pipeline.defs.runs import AUDIT_TAG, PARTITION_TAG
from audit_pipeline.stages.revision import open_store
from audit_pipeline.store.atomic import read_json
from audit_pipeline.store.deadline_tables import watches
from audit_pipeline.store.findings import all_findings
from audit_pipeline_tests.defs.homes import small_audit, write_audit

TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
DAY = timedelta(days=1)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path)
    home.audits.mkdir(parents=True)
    monkeypatch.setenv("DAGSTER_HOME", str(home.path))
    monkeypatch.delenv("AUDIT_PIPELINE_STORE_URL", raising=False)
    return home


def missed(home: Home, name: str, days: int, **schedule: Any) -> None:  # noqa: ANN401 (values of a YAML file)
    """Write an audit that came into service so many days ago, and never ran."""
    write_audit(home.path, small_audit(name, schedule=schedule))
    with open_store(home.store_url).engine.begin() as connection:
        connection.execute(insert(watches).values(audit=name, since=TODAY - days * DAY))


def tick(home: Home, instance: dg.DagsterInstance, sensor: str) -> SensorExecutionData:
    repository = build_definitions(home).get_repository_def()
    context = dg.build_sensor_context(instance, repository_def=repository)
    return repository.get_sensor_def(sensor).evaluate_tick(context)


def told(now: datetime) -> AbstractContextManager[None]:
    return clock.told_by(lambda: now)


def asked(ticked: SensorExecutionData) -> list[tuple[str, str]]:
    return [(r.tags["audit"], str(r.partition_key)) for r in ticked.run_requests or ()]


def launch(
    instance: dg.DagsterInstance, request: dg.RunRequest, status: dg.DagsterRunStatus
) -> None:
    """Do what the daemon does with a request, short of starting a process."""
    tags = dict(request.tags) | {PARTITION_TAG: str(request.partition_key)}
    selection = frozenset(request.asset_selection or ())
    run = dg.DagsterRun(
        job_name=str(request.job_name), tags=tags, status=status, asset_selection=selection
    )
    instance.add_run(run)


def ago(*days: int) -> list[str]:
    return [f"{TODAY - day * DAY:%Y-%m-%d}" for day in days]


def test_windows_missed_by_all_audits_are_asked_for_newest_first(home: Home) -> None:
    missed(home, "late", 4)
    missed(home, "other", 3, deadline_hours=0.0001)
    with dg.DagsterInstance.ephemeral() as instance:
        found = asked(tick(home, instance, "catch_up"))
    older = [("late", ago(2)[0]), ("other", ago(2)[0]), ("late", ago(3)[0]), ("other", ago(3)[0])]
    assert [each for each in found if each[1] != ago(1)[0]] == [*older, ("late", ago(4)[0])]
    assert ("other", ago(1)[0]) in found[:2]  # past its deadline; the clock's turn is over


def test_what_dagster_works_on_is_not_asked_for_twice(home: Home) -> None:
    missed(home, "late", 3)
    with dg.DagsterInstance.ephemeral() as instance:
        first = tick(home, instance, "catch_up").run_requests or []
        for request in first:
            assert request.tags["started_from"] == "catch_up"
            launch(instance, request, dg.DagsterRunStatus.NOT_STARTED)
        ticked = tick(home, instance, "catch_up")
    assert asked(ticked) == []
    assert f"late: {ago(2)[0]} was missed, and a run of it is under way" in str(ticked.skip_message)


def test_so_many_runs_are_asked_for_as_there_is_room_and_the_rest_later(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    missed(home, "late", 20, deadline_hours=0.0001)
    monkeypatch.setattr(catching_up, "MANNER", replace(catching_up.MANNER, at_once=4))
    with dg.DagsterInstance.ephemeral() as instance:
        first = tick(home, instance, "catch_up").run_requests or []
        assert [str(request.partition_key) for request in first] == ago(1, 2, 3, 4)
        launch(instance, first[0], dg.DagsterRunStatus.STARTED)
        launch(instance, first[1], dg.DagsterRunStatus.NOT_STARTED)
        assert len(tick(home, instance, "catch_up").run_requests or []) == 2


def test_a_window_whose_runs_fail_is_tried_again_after_a_while_and_left_alone_after_three(
    home: Home,
) -> None:
    missed(home, "late", 2, deadline_hours=0.0001, catch_up=1)
    last = {"every": "day", "start": "2025-01-01", "end": f"{TODAY:%Y-%m-%d}"}  # or midnight comes
    schedule = {"deadline_hours": 0.0001, "catch_up": 1}
    write_audit(home.path, small_audit("late", window=last, schedule=schedule))
    keys, now = set(), datetime.now(UTC)
    with dg.DagsterInstance.ephemeral() as instance:
        for hours in (0, 1, 4):
            with told(now + timedelta(hours=hours, minutes=-5)):
                if hours:
                    said = str(tick(home, instance, "catch_up").skip_message)
                    assert "was missed, and is tried again at" in said
            with told(now + timedelta(hours=hours, minutes=5)):
                (request,) = tick(home, instance, "catch_up").run_requests or []
            keys.add(request.run_key)
            launch(instance, request, dg.DagsterRunStatus.FAILURE)
        with told(now + DAY):
            ticked = tick(home, instance, "catch_up")
    assert len(keys) == 3
    assert asked(ticked) == []
    assert "is left alone: 3 runs did not bring its audit to an end" in str(ticked.skip_message)


def test_runs_that_ended_well_are_no_failures_of_a_window_that_is_missed_again(home: Home) -> None:
    last = {"every": "day", "start": "2025-01-01", "end": f"{TODAY:%Y-%m-%d}"}
    missed(home, "late", 2)
    schedule = {"deadline_hours": 0.0001, "catch_up": 1}
    write_audit(home.path, small_audit("late", window=last, schedule=schedule))
    ended = [*["FAILURE", "SUCCESS"] * 2, "FAILURE"]  # and the store's backup was restored
    keys, now = set(), datetime.now(UTC)
    with dg.DagsterInstance.ephemeral() as instance:
        for hours, status in enumerate(ended):
            with told(now + 5 * timedelta(hours=hours)):
                (request,) = tick(home, instance, "catch_up").run_requests or []
            keys.add(request.run_key)
            launch(instance, request, dg.DagsterRunStatus(status))
        with told(now + DAY + DAY):
            ticked = tick(home, instance, "catch_up")
    assert len(keys) == 5
    assert "is left alone: 3 runs did not bring its audit to an end" in str(ticked.skip_message)


def test_a_paused_audit_says_so_in_every_automation(home: Home) -> None:
    missed(home, "late", 9, paused="the model is being rebuilt")
    repository = build_definitions(home).get_repository_def()
    schedule = repository.get_schedule_def("late_schedule")
    assert "Paused: the model is being rebuilt" in str(schedule.description)
    with dg.DagsterInstance.ephemeral() as instance:
        for sensor in ("catch_up", "arrivals", "deadlines"):
            ticked = tick(home, instance, sensor)
            assert asked(ticked) == []
            assert "late: paused: the model is being rebuilt" in str(ticked.skip_message)
        context = dg.build_schedule_context(
            instance, scheduled_execution_time=TODAY, repository_def=repository
        )
        assert schedule.evaluate_tick(context).skip_message == "paused: the model is being rebuilt"


def test_the_sensor_finds_what_is_late_and_leaves_a_heartbeat(home: Home) -> None:
    missed(home, "late", 3)
    with dg.DagsterInstance.ephemeral() as instance:
        ticked = tick(home, instance, "deadlines")
    (finding,) = all_findings(open_store(home.store_url).engine)
    assert (finding.audit, finding.check.name) == ("late", "audited_by_deadline")
    assert "not audited, and the deadline has passed" in str(ticked.skip_message)
    beat = read_json(home.path / "heartbeat")
    assert datetime.now(UTC) - datetime.fromisoformat(beat["at"]) < timedelta(minutes=1)
    assert beat["healthy"] is False


def test_a_heartbeat_that_cannot_be_written_is_told_and_the_findings_stand(home: Home) -> None:
    missed(home, "late", 3)
    (home.path / "heartbeat").mkdir()
    with dg.DagsterInstance.ephemeral() as instance:
        said = str(tick(home, instance, "deadlines").skip_message)
    assert f"the heartbeat {home.path / 'heartbeat'} cannot be written: Is a directory" in said
    assert len(all_findings(open_store(home.store_url).engine)) == 1


def test_by_hand_only_means_that_nothing_is_caught_up(home: Home) -> None:
    missed(home, "by_hand", 5, enabled=False)
    names = {s.name for s in build_definitions(home).get_repository_def().sensor_defs}
    assert "catch_up" not in names
    assert "deadlines" in names


def test_a_daemon_of_which_a_part_is_silent_is_told_by_that_part() -> None:
    needed = {"SENSOR", "SCHEDULER"}
    beats = {"SENSOR": 1000.0, "SCHEDULER": 1000.0 - SILENT_SECONDS, "BACKFILL": 0.0}
    assert daemon_problem(beats, needed, 1000.0) is None
    assert daemon_problem(beats, needed, 1001.0) == (
        "parts of the daemon do not run: SCHEDULER; see its log, and restart it"
    )
    never = "the daemon is not running, and never was: start dagster-daemon"
    assert daemon_problem({}, needed, 1000.0) == never
    assert "last heard of at 1970-01-01 00:16:40" in str(daemon_problem(beats, needed, 9999.0))


def test_a_run_of_another_audit_of_the_same_window_is_in_nobodys_way(home: Home) -> None:
    missed(home, "late", 2, deadline_hours=0.0001, catch_up=1)
    with dg.DagsterInstance.ephemeral() as instance:
        (request,) = tick(home, instance, "catch_up").run_requests or []
        others = dg.RunRequest(
            job_name=request.job_name,
            partition_key=request.partition_key,
            asset_selection=[dg.AssetKey(["other", "snapshot"])],
            tags={AUDIT_TAG: "other"},
        )
        launch(instance, others, dg.DagsterRunStatus.STARTED)
        assert asked(tick(home, instance, "catch_up")) == [("late", ago(1)[0])]

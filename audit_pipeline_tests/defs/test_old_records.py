"""Dagster's records of old runs are deleted, whole, and those that somebody needs are not."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
import yaml

from audit_pipeline import clock
from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import Home
from audit_pipeline.defs import old_records
from audit_pipeline.defs.old_records import (
    delete_old_logs,
    delete_old_runs,
    delete_run,
    old_records_sensors,
)
from audit_pipeline.defs.runs import AUDIT_TAG, PARTITION_TAG
from audit_pipeline.stages.revision import open_store
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline.store.claims import Wanted
from audit_pipeline.store.owner import this_process
from audit_pipeline_tests.defs.homes import HOME, small_audit, write_audit

DAYS = 90
SUCCESS, FAILURE, STARTED = (
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.STARTED,
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.delenv("AUDIT_PIPELINE_STORE_URL", raising=False)
    home = Home(tmp_path)
    home.audits.mkdir()
    text = (HOME / "dagster.yaml").read_text(encoding="utf-8")
    (tmp_path / "dagster.yaml").write_text(text, encoding="utf-8")
    write_audit(tmp_path, small_audit("late"))
    return home


@pytest.fixture
def audits(home: Home) -> dict[str, Audit]:
    return {"late": load_audit_file(home, "late").audit}


@pytest.fixture
def instance(home: Home) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(str(home.path)) as instance:
        yield instance


def add(
    instance: dg.DagsterInstance, window: str, status: dg.DagsterRunStatus = SUCCESS
) -> dg.DagsterRun:
    tags = {AUDIT_TAG: "late", PARTITION_TAG: window}
    return instance.add_run(dg.DagsterRun(job_name="any", status=status, tags=tags))


def left(instance: dg.DagsterInstance) -> set[str]:
    return {run.run_id for run in instance.get_runs()}


def in_days(days: int) -> clock.Clock:
    return lambda: datetime.now(UTC) + timedelta(days=days)


@pytest.mark.usefixtures("home")
def test_runs_that_ended_long_ago_are_deleted_and_those_of_the_last_windows_kept(
    instance: dg.DagsterInstance, audits: dict[str, Audit]
) -> None:
    """A hundred days later the last 36 windows are of days that are 64 to 99 days ahead of now."""
    ahead = (datetime.now(UTC) + timedelta(days=80)).date().isoformat()
    add(instance, "2025-01-01")
    add(instance, ahead, FAILURE)
    shown, works = add(instance, ahead), add(instance, "2025-01-01", STARTED)

    with clock.told_by(in_days(DAYS - 1)):
        assert delete_old_runs(instance, audits, DAYS, None) == (0, "")
    with clock.told_by(in_days(100)):
        assert delete_old_runs(instance, audits, DAYS, None) == (2, "")

    assert left(instance) == {shown.run_id, works.run_id}


def test_a_run_that_holds_a_claim_is_kept_for_how_it_ended_is_asked_for_again(
    home: Home, instance: dg.DagsterInstance, audits: dict[str, Audit]
) -> None:
    run = add(instance, "2025-01-01")
    wanted = Wanted(audit="late", window="2025-01-01", content="anything")
    open_store(home.store_url).claim(wanted, this_process(run.run_id))
    add(instance, "2025-01-02")

    with clock.told_by(in_days(100)):
        assert delete_old_runs(instance, audits, DAYS, None) == (1, "")

    assert left(instance) == {run.run_id}


@pytest.mark.usefixtures("home")
def test_what_is_kept_does_not_stand_in_the_way_of_what_comes_after_it(
    instance: dg.DagsterInstance, audits: dict[str, Audit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(old_records, "AT_ONCE", 2)
    ahead = (datetime.now(UTC) + timedelta(days=80)).date().isoformat()
    kept = {add(instance, ahead).run_id for _ in range(3)}
    add(instance, "2025-01-01")
    cursor, deleted = "", []

    with clock.told_by(in_days(100)):
        for _ in range(3):
            number, cursor = delete_old_runs(instance, audits, DAYS, cursor)
            deleted.append(number)

    assert deleted == [0, 1, 0]
    assert left(instance) == kept


def test_nothing_is_left_of_a_run_that_was_deleted_and_other_runs_are_whole(
    home: Home, instance: dg.DagsterInstance
) -> None:
    @dg.asset(check_specs=[dg.AssetCheckSpec("sound", asset="rows")])
    def rows() -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster misreads the subscript
        return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True)])

    first = dg.materialize([rows], instance=instance)
    second = dg.materialize([rows], instance=instance)
    for result in (first, second):
        log = home.path / "storage" / result.run_id / "compute_logs" / "step.err"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("said", encoding="utf-8")

    delete_run(instance, first.run_id)

    assert left(instance) == {second.run_id}
    assert not traces(home.path, first.run_id)
    assert traces(home.path, second.run_id)
    assert instance.all_logs(second.run_id)
    assert instance.get_latest_materialization_event(dg.AssetKey("rows")) is not None
    (check,) = rows.check_keys
    history = instance.event_log_storage.get_asset_check_execution_history(check, limit=9)
    assert [record.run_id for record in history] == [second.run_id]


def traces(home: Path, run_id: str) -> list[Path]:
    """Return the files of a run."""
    return [path for path in home.rglob("*") if run_id in str(path) and path.is_file()]


def test_logs_of_ticks_are_deleted_once_they_are_old(
    home: Home, instance: dg.DagsterInstance
) -> None:
    said = home.path / "storage" / "__repository__" / "arrivals"
    said.mkdir(parents=True)
    for number, age in ((1, 8), (2, 6)):
        (said / f"{number}.err").write_text("no new data", encoding="utf-8")
        long_ago = time.time() - age * 24 * 3600
        os.utime(said / f"{number}.err", (long_ago, long_ago))

    assert delete_old_logs(instance, "__repository__", 7) == 1
    assert [path.name for path in said.iterdir()] == ["2.err"]


def test_how_long_is_said_in_dagster_yaml_and_minus_one_keeps_all(home: Home) -> None:
    (sensor,) = old_records_sensors([load_audit_file(home, "late")])
    said = []
    for kept in ("{success: 60, skipped: 7}", "{success: -1, skipped: -1}"):
        settings = f"retention: {{sensor: {{purge_after_days: {kept}}}}}"
        (home.path / "dagster.yaml").write_text(settings, encoding="utf-8")
        with dg.DagsterInstance.from_config(str(home.path)) as instance:
            context = dg.build_sensor_context(instance, repository_name="all")
            said.append(sensor.evaluate_tick(context).skip_message)

    runs = "runs of more than 60 days ago that were deleted: 0"
    logs = "logs of ticks of more than 7 days ago that were deleted: 0"
    assert said == [f"{runs};\n{logs}", "all is kept, as dagster.yaml says: `retention`"]


def test_the_homes_we_ship_keep_a_quarter_of_a_year() -> None:
    for path in (HOME, HOME / "production"):
        kept = yaml.safe_load((path / "dagster.yaml").read_text(encoding="utf-8"))["retention"]
        assert kept["sensor"]["purge_after_days"]["success"] == DAYS

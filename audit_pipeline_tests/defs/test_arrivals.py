"""Data lands: the sensor asks for the audits of the windows it belongs to, and not for too many."""

import os
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dagster._core.definitions.sensor_definition import SensorExecutionData
from sqlalchemy import delete, select

from audit_pipeline import clock
from audit_pipeline.audits.home import Home
from audit_pipeline.defs import run_requests
from audit_pipeline.defs.build import build_definitions
from audit_pipeline.defs.partitions import job_name
from audit_pipeline.defs.runs import ARRIVAL_TAG, AUDIT_TAG, PARTITION_TAG
from audit_pipeline.stages.revision import open_store
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline.store.arrivals import Noted, note
from audit_pipeline.store.schema import arrivals, claims
from audit_pipeline.store.store import Sealed
from audit_pipeline_tests.defs.homes import HOME, small_audit, write_audit
from audit_pipeline_tests.defs.processes import of_group, running, wait_for

AT_ONCE = {"stable_seconds": 0}
YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)
WINDOW = YESTERDAY.isoformat()
STILL, EVERY = 8.0, 2.0
"""Seconds after which data is complete, and between two files of it."""
DAEMON = ("-m", "dagster._daemon", "run", "-m", "audit_pipeline.definitions")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path / "home")
    home.audits.mkdir(parents=True)
    monkeypatch.setenv("DAGSTER_HOME", str(home.path))
    monkeypatch.delenv("AUDIT_PIPELINE_STORE_URL", raising=False)
    return home


def orders(first: int = 0, number: int = 100) -> pa.Table:
    """Return orders of yesterday, every third of them late."""
    noon = datetime(YESTERDAY.year, YESTERDAY.month, YESTERDAY.day, 12, tzinfo=UTC)
    ids = range(first, first + number)
    return pa.table(
        {
            "id": list(ids),
            "at": pa.array([noon + timedelta(seconds=n) for n in ids], pa.timestamp("us", "UTC")),
            "weight": [float(n % 97) for n in ids],
            "late": [int(n % 3 == 0) for n in ids],
        }
    )


def watched(home: Home, *names: str, **schedule: Any) -> None:  # noqa: ANN401 (values of a YAML file)
    """Write audits whose data has landed."""
    for name in names:
        write_audit(home.path, small_audit(name, schedule=AT_ONCE | schedule))
    pq.write_table(orders(), home.audits / "current.parquet")


def tick(
    home: Home, instance: dg.DagsterInstance, cursor: str | None = None
) -> SensorExecutionData:
    repository = build_definitions(home).get_repository_def()
    context = dg.build_sensor_context(instance, repository_def=repository, cursor=cursor)
    return repository.get_sensor_def("arrivals").evaluate_tick(context)


def asked(ticked: SensorExecutionData) -> list[tuple[str, str]]:
    """Return the audits and windows that runs were asked for."""
    return [(r.tags["audit"], str(r.partition_key)) for r in ticked.run_requests or ()]


def launch(instance: dg.DagsterInstance, request: dg.RunRequest) -> dg.DagsterRun:
    """Do what the daemon does with a request, short of starting a process."""
    tags = dict(request.tags) | {PARTITION_TAG: str(request.partition_key)}
    run = dg.DagsterRun(
        job_name=str(request.job_name),
        tags=tags,
        status=dg.DagsterRunStatus.STARTED,
        asset_selection=frozenset(request.asset_selection or ()),
    )
    return instance.add_run(run)


def test_the_newest_window_is_asked_for_once_its_data_has_landed(home: Home) -> None:
    watched(home, "late")
    with dg.DagsterInstance.ephemeral() as instance:
        (request,) = tick(home, instance).run_requests or ()

    assert request.partition_key == WINDOW
    assert request.job_name == job_name(load_audit_file(home, "late").audit)
    assert {key.path[0] for key in request.asset_selection or ()} == {"late"}
    assert len(request.asset_selection or ()) == 11
    assert request.tags["audit"] == "late"
    assert request.tags["started_from"] == "arrival"
    mark = request.tags[ARRIVAL_TAG]
    assert len(mark) == 64
    assert request.run_key == f"late/{WINDOW}/{mark[:16]}/0"


def test_where_nothing_has_landed_the_sensor_says_so(home: Home) -> None:
    write_audit(home.path, small_audit("late"))
    with dg.DagsterInstance.ephemeral() as instance:
        ticked = tick(home, instance)

    assert (asked(ticked), ticked.skip_message) == ([], "no new data")


def test_what_waits_is_told_and_remembered_in_the_cursor(home: Home) -> None:
    watched(home, "late", stable_seconds=1)
    with dg.DagsterInstance.ephemeral() as instance:
        first = tick(home, instance)
        assert asked(first) == []
        assert f"late: {WINDOW} has new data" in str(first.skip_message)
        assert WINDOW in str(first.cursor)
        time.sleep(1.1)
        assert asked(tick(home, instance, first.cursor)) == [("late", WINDOW)]


def test_a_window_of_which_a_run_is_under_way_is_not_asked_for_again(home: Home) -> None:
    watched(home, "late")
    with dg.DagsterInstance.ephemeral() as instance:
        (request,) = tick(home, instance).run_requests or ()
        launch(instance, request)
        again = tick(home, instance)

    assert asked(again) == []
    assert again.skip_message == f"late: {WINDOW} has new data, and a run of it is under way"


def test_a_backfill_of_the_job_is_a_run_of_each_of_its_audits(home: Home) -> None:
    watched(home, "late")
    backfill = dg.DagsterRun(
        job_name=job_name(load_audit_file(home, "late").audit),
        tags={PARTITION_TAG: WINDOW},
        status=dg.DagsterRunStatus.STARTED,
    )
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_run(backfill)
        assert asked(tick(home, instance)) == []


def test_another_audit_of_the_same_window_is_in_nobodys_way(home: Home) -> None:
    watched(home, "early", "late")
    with dg.DagsterInstance.ephemeral() as instance:
        early, _ = tick(home, instance).run_requests or ()
        launch(instance, early)

        assert asked(tick(home, instance)) == [("late", WINDOW)]


def test_runs_that_fail_are_tried_three_times_and_then_left_to_a_person(home: Home) -> None:
    watched(home, "late")
    keys = set()
    with dg.DagsterInstance.ephemeral() as instance:
        for _ in range(3):
            (request,) = tick(home, instance).run_requests or ()
            keys.add(request.run_key)
            instance.report_run_failed(launch(instance, request))
        done = tick(home, instance)
        assert len(keys) == 3
        assert asked(done) == []
        assert str(done.skip_message).startswith(f"late: {WINDOW} is left alone: 3 runs did not")

        pq.write_table(orders(number=101), home.audits / "current.parquet")
        assert asked(tick(home, instance)) == [("late", WINDOW)]  # other data, other attempts


def lands(home: Home, number: int) -> None:
    """Put one of several files there: that of the same number is the same, as it always was."""
    pq.write_table(orders(number=number), home.audits / "current.parquet")
    os.utime(home.audits / "current.parquet", (number, number))


def runs(
    home: Home, instance: dg.DagsterInstance, at: datetime, status: str = "SUCCESS"
) -> str | None:
    """Do what the daemon and a run do at a time, if one is asked for; return its key.

    One that ends well notes how the sources stood.
    """
    with clock.told_by(lambda: at):
        request = next(iter(tick(home, instance).run_requests or ()), None)
    if request is None:
        return None
    run = dg.DagsterRun(
        job_name=str(request.job_name),
        tags=dict(request.tags) | {PARTITION_TAG: WINDOW},
        status=dg.DagsterRunStatus(status),
        asset_selection=frozenset(request.asset_selection or ()),
    )
    instance.run_storage.add_historical_run(run, at)
    if status == "SUCCESS":
        noted = Noted(request.tags[ARRIVAL_TAG], at + timedelta(seconds=30))
        note(open_store(home.store_url).engine, "late", WINDOW, noted)
    return request.run_key


def test_data_that_comes_back_is_audited_each_time_however_often(home: Home) -> None:
    watched(home, "late")
    keys, at = [], datetime.now(UTC)
    with dg.DagsterInstance.ephemeral() as instance:
        for turn in range(8):
            lands(home, 100 + turn % 2)
            keys.append(runs(home, instance, at + turn * timedelta(minutes=10)))
            assert tick(home, instance).skip_message == "no new data"
    assert None not in keys
    assert len(set(keys)) == 8  # Dagster starts no run of a key that it knows


def test_data_that_came_back_has_three_tries_of_its_own_and_no_more(home: Home) -> None:
    watched(home, "late")
    at, minute = datetime.now(UTC), timedelta(minutes=1)
    with dg.DagsterInstance.ephemeral() as instance:
        keys = set()
        for turn, number in enumerate((100, 100, 101, 100, 100, 100)):
            lands(home, number)
            ended = "SUCCESS" if number == 101 else "FAILURE"
            keys.add(runs(home, instance, at + turn * minute, ended))
        assert (None in keys, len(keys)) == (False, 6)
        assert runs(home, instance, at + 6 * minute) is None
        said = str(tick(home, instance).skip_message)
    assert f"late: {WINDOW} is left alone: 3 runs did not bring" in said


def test_runs_that_end_well_and_change_nothing_are_not_asked_for_for_ever(home: Home) -> None:
    watched(home, "late")
    at, minute = datetime.now(UTC), timedelta(minutes=1)
    with dg.DagsterInstance.ephemeral() as instance:
        for turn in range(4):
            runs(home, instance, at + turn * minute)
            with open_store(home.store_url).engine.begin() as connection:
                connection.execute(delete(arrivals))  # their sources were out of reach, say
        assert instance.get_runs_count() == 3
        said = str(tick(home, instance).skip_message)
    assert f"late: {WINDOW} is left alone: 3 runs ended well, and did not bring" in said


def test_sources_that_go_to_and_fro_do_not_fill_the_night_with_runs(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched(home, "late")
    monkeypatch.setattr(run_requests, "MOST_AN_HOUR", 3)
    at, minute = datetime.now(UTC), timedelta(minutes=1)
    with dg.DagsterInstance.ephemeral() as instance:
        for turn in range(6):
            lands(home, 100 + turn % 2)
            assert runs(home, instance, at + turn * minute)
        lands(home, 100)
        with clock.told_by(lambda: at + 59 * minute):
            said = str(tick(home, instance).skip_message)
        assert runs(home, instance, at + 61 * minute)
    assert said.startswith(f"late: {WINDOW} has new data, and is tried again at ")


def test_few_runs_are_asked_for_at_once_and_every_audit_has_its_turn(home: Home) -> None:
    names = [f"audit_{number:02}" for number in range(12)]
    watched(home, *names)
    with dg.DagsterInstance.ephemeral() as instance:
        first = tick(home, instance)
        assert [name for name, _ in asked(first)] == names[:10]
        runs = [launch(instance, request) for request in first.run_requests or ()]
        second = tick(home, instance, first.cursor)
        assert asked(second) == []
        assert "have their turn later" in str(second.skip_message)
        for run in runs:
            instance.report_run_failed(run)
        third = tick(home, instance, second.cursor)

    assert [name for name, _ in asked(third)][:2] == names[10:]
    assert len(asked(third)) == 10


def test_audits_that_do_not_run_by_themselves_are_left_out(home: Home) -> None:
    write_audit(home.path, small_audit("by_hand", schedule={"enabled": False}))
    write_audit(home.path, small_audit("nightly", schedule={"on_arrival": False}))

    def sensors() -> set[str]:
        return {s.name for s in build_definitions(home).get_repository_def().sensor_defs}

    without = sensors()
    assert "arrivals" not in without
    watched(home, "late")
    assert sensors() == without | {"arrivals"}
    with dg.DagsterInstance.ephemeral() as instance:
        assert asked(tick(home, instance)) == [("late", WINDOW)]


def test_a_killed_audit_of_data_that_has_landed_is_made_up_for_exactly_once(
    home: Home, tmp_path: Path
) -> None:
    settings = (HOME / "dagster.yaml").read_text(encoding="utf-8")
    impatient = settings.replace("poll_interval_seconds: 30", "poll_interval_seconds: 2")
    (home.path / "dagster.yaml").write_text(impatient, encoding="utf-8")
    folder = home.path / "landing" / f"day={WINDOW}"
    folder.mkdir(parents=True)
    table = {"kind": "parquet", "path": "../landing/day=%Y-%m-%d/part-*.parquet"}
    schedule = {"cron": "0 0 1 1 *", "stable_seconds": STILL}  # by its data alone
    write_audit(home.path, small_audit("late", current={"table": table}, schedule=schedule))
    pq.write_table(orders(), home.audits / "baseline.parquet")
    with (
        dg.DagsterInstance.from_config(str(home.path)) as instance,
        running(home, *DAEMON, log=tmp_path / "daemon.log") as started,
    ):
        group = started.pid
        parts = fill(folder, instance)
        whole = time.time()
        pid = wait_for(lambda: holder(home), 60, every=0.02)
        assert time.time() - whole > STILL - EVERY
        os.kill(pid, signal.SIGKILL)
        (killed,) = instance.get_runs(dg.RunsFilter(tags={AUDIT_TAG: "late"}))
        sealed = wait_for(lambda: complete(home), 150)
        wait_for(lambda: all_ended(instance), 30)
        audits = instance.get_runs_count(dg.RunsFilter(tags={"started_from": "arrival"}))
        time.sleep(11)  # two more looks
        after = instance.get_runs_count(dg.RunsFilter(tags={"started_from": "arrival"}))

    assert killed.tags[PARTITION_TAG] == WINDOW
    (only,) = sealed
    assert only.rows == 100 * parts
    assert complete(home) == sealed
    assert 2 <= audits == after <= 3
    assert not of_group(group)


def fill(folder: Path, instance: dg.DagsterInstance) -> int:
    """Add a file to a folder every other second; end once the daemon's sensor looked for a while.

    Return how many there are.
    """
    part, seen = 0, 0
    while seen < 4:  # longer than files stand still
        pq.write_table(orders(1000 * part), folder / f"part-{part}.parquet")
        assert instance.get_runs_count() == 0
        states = instance.all_instigator_state()
        seen += any("arrivals" in s.name and WINDOW in str(s.instigator_data) for s in states)
        part += 1
        time.sleep(EVERY)
    return part


def holder(home: Home) -> int | None:
    """Return the process that holds a claim, or reads for one."""
    query = select(claims.c.pid).where(claims.c.state.in_(["reading", "claimed"]))
    with open_store(home.store_url).engine.connect() as connection:
        found = connection.execute(query).scalar()
    return int(found) if found else None


def complete(home: Home) -> list[Sealed]:
    return [each for each in open_store(home.store_url).sealed("late", WINDOW) if each.complete]


def all_ended(instance: dg.DagsterInstance) -> bool:
    return all(run.is_finished for run in instance.get_runs())

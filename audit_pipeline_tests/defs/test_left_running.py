"""Everything is killed at once, as by a power cut: what Dagster takes for running is ended."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dagster._core.events import EngineEventData
from dagster._core.remote_origin import (
    GrpcServerCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from sqlalchemy import select

from audit_pipeline import clock
from audit_pipeline.audits.home import Home
from audit_pipeline.defs.left_running import Here, end_left_running, left_running_sensors
from audit_pipeline.defs.run_process import LAUNCHED_TAG, PROCESS_TAG, process_tags
from audit_pipeline.defs.runs import AUDIT_TAG, RECOVERY_TAG
from audit_pipeline.stages.revision import open_store
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline.store.schema import claims
from audit_pipeline_tests.defs.homes import HOME, small_audit, write_audit
from audit_pipeline_tests.defs.processes import of_group, running, wait_for

DAEMON = ("-m", "dagster._daemon", "run", "-m", "audit_pipeline.definitions")
YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)
WINDOW = YESTERDAY.isoformat()
LOCATION = "audits"
NEVER = 2**22 + 1
"""No process has this id: Linux counts to 2**22."""
HERE = Here(socket.gethostname(), 0.0)
NOWHERE = json.dumps({"host": "localhost", "socket": "/nonexistent/server"})
STARTING, STARTED, CANCELING, QUEUED, FAILURE, CANCELED = (
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
)


def test_after_a_power_cut_the_run_is_ended_its_window_reported_and_then_audited_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = home_for_one_run(tmp_path, monkeypatch)
    with dg.DagsterInstance.from_config(str(home.path)) as instance:
        with running(home, *DAEMON, log=tmp_path / "before.log") as daemon:
            pid = wait_for(lambda: holder(home), 90, every=0.02)
            cut_the_power(daemon)
        (dead,) = instance.get_runs(dg.RunsFilter(tags={AUDIT_TAG: "late"}))
        with running(home, *DAEMON, log=tmp_path / "after.log") as daemon:
            group, begun = daemon.pid, time.monotonic()
            failed = wait_for(lambda: finished(instance, dead.run_id), 90)
            took = time.monotonic() - begun
            sealed = wait_for(lambda: complete(home), 150)
            wait_for(lambda: not instance.get_runs_count(dg.RunsFilter(statuses=[STARTED])), 30)
            wait_for(lambda: all_ended(instance), 60)

    assert dead.status is STARTED
    assert failed is FAILURE
    assert took < 75
    store = open_store(home.store_url)
    *gaps, whole = store.sealed("late", WINDOW)
    assert sealed == [whole]
    assert whole.rows == 100
    assert store.open_claims() == []
    # the sensor that sees to the data may be the first, and its run finish the dead one's revision
    assert [(each.revision, each.complete) for each in gaps] in ([(1, False)], [])
    assert {each.verdict for each in gaps} <= {"gap", "fail"}
    folder = home.evidence / "late" / WINDOW / f"revision-{whole.revision}"
    assert (folder / "report.html").is_file()
    recoveries = instance.get_runs(dg.RunsFilter(tags={RECOVERY_TAG: f"late/{WINDOW}/1"}))
    assert {run.status for run in recoveries} <= {dg.DagsterRunStatus.SUCCESS}
    assert len(recoveries) <= 1
    assert not of_group(group)
    assert not psutil.pid_exists(pid)


def home_for_one_run(path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Make a home of an audit whose data has landed, in which one run may work at a time."""
    home = Home(path / "home")
    home.audits.mkdir(parents=True)
    monkeypatch.setenv("DAGSTER_HOME", str(home.path))
    monkeypatch.delenv("AUDIT_PIPELINE_STORE_URL", raising=False)
    text = (HOME / "dagster.yaml").read_text(encoding="utf-8")
    one = text.replace("max_concurrent_runs: 2", "max_concurrent_runs: 1")
    (home.path / "dagster.yaml").write_text(one, encoding="utf-8")
    # once a year by the clock, and nothing is caught up: by its data alone
    schedule = {"cron": "0 0 1 1 *", "stable_seconds": 0, "catch_up": 0}
    write_audit(home.path, small_audit("late", schedule=schedule))
    noon = datetime(YESTERDAY.year, YESTERDAY.month, YESTERDAY.day, 12, tzinfo=UTC)
    times = [noon + timedelta(seconds=n) for n in range(100)]
    rows = pa.table(
        {
            "id": list(range(100)),
            "at": pa.array(times, pa.timestamp("us", "UTC")),
            "weight": [float(n % 97) for n in range(100)],
            "late": [int(n % 3 == 0) for n in range(100)],
        }
    )
    for name in ("current", "baseline"):
        pq.write_table(rows, home.audits / f"{name}.parquet")
    return home


def cut_the_power(daemon: psutil.Process) -> None:
    """Kill a daemon, its code server, its runs and all they started; nobody can say a word."""
    family = [daemon, *daemon.children(recursive=True)]
    for how in (psutil.Process.suspend, psutil.Process.kill):
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                how(process)


def holder(home: Home) -> int | None:
    """Return the process that holds the claim, once one does."""
    query = select(claims.c.pid).where(claims.c.state == "claimed")
    with open_store(home.store_url).engine.connect() as connection:
        found = connection.execute(query).scalar()
    return int(found) if found else None


def finished(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus | None:
    run = instance.get_run_by_id(run_id)
    return run.status if run is not None and run.is_finished else None


def complete(home: Home) -> list[object]:
    return [each for each in open_store(home.store_url).sealed("late", WINDOW) if each.complete]


def all_ended(instance: dg.DagsterInstance) -> bool:
    return all(run.is_finished for run in instance.get_runs())


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


@pytest.fixture
def child() -> Iterator["subprocess.Popen[bytes]"]:
    """Start a process that is nobody's run."""
    sleep = shutil.which("sleep") or "sleep"
    with subprocess.Popen([sleep, "60"]) as started:
        yield started
        started.kill()


def launched(
    instance: dg.DagsterInstance,
    *pids: int,
    status: dg.DagsterRunStatus = STARTED,
    location: str = LOCATION,
    tags: Mapping[str, str] | None = None,
    told: float | None = None,
) -> dg.DagsterRun:
    """Add a run as the default launcher leaves it: its process told its number when it began."""
    server = GrpcServerCodeLocationOrigin("localhost", socket="gone", location_name=location)
    run = dg.DagsterRun(
        job_name="any",
        status=status,
        tags=dict({LAUNCHED_TAG: NOWHERE} if tags is None else tags),
        remote_job_origin=RemoteJobOrigin(RemoteRepositoryOrigin(server, "all"), "any"),
    )
    instance.add_run(run)
    for pid in pids:
        event = dg.DagsterEvent(
            event_type_value=dg.DagsterEventType.ENGINE_EVENT.value,
            job_name="any",
            message="Started process for run",
            event_specific_data=EngineEventData.in_process(pid),
        )
        instance.report_dagster_event(event, run.run_id, timestamp=told)
    return run


def by_hand(
    instance: dg.DagsterInstance, tags: Mapping[str, str], status: dg.DagsterRunStatus = STARTED
) -> dg.DagsterRun:
    """Add a run as the command line leaves it: no launcher, and a tag that names the process."""
    return instance.add_run(dg.DagsterRun(job_name="any", status=status, tags=dict(tags)))


def after(instance: dg.DagsterInstance, run: dg.DagsterRun, here: Here = HERE) -> object:
    """Return how a run stands once the runs whose process is gone are ended."""
    end_left_running(instance, here, LOCATION)
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    return found.status


def test_a_run_whose_process_is_gone_fails_and_says_what_to_do(
    instance: dg.DagsterInstance,
) -> None:
    run = launched(instance, NEVER)

    assert after(instance, run) is FAILURE
    (failure,) = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.RUN_FAILURE)
    said = str(failure.dagster_event and failure.dagster_event.message)
    assert f"process {NEVER} on {socket.gethostname()} is gone" in said
    assert "unfinished_audits" in said
    assert end_left_running(instance, HERE, LOCATION) == []


def test_a_run_whose_process_lives_is_left_alone(instance: dg.DagsterInstance) -> None:
    assert after(instance, launched(instance, os.getpid())) is STARTED
    assert after(instance, launched(instance, NEVER, os.getpid())) is STARTED
    assert after(instance, launched(instance, os.getpid(), status=CANCELING)) is CANCELING
    assert after(instance, by_hand(instance, process_tags())) is STARTED


def test_a_later_process_of_the_same_number_is_not_the_run(
    instance: dg.DagsterInstance, child: "subprocess.Popen[bytes]"
) -> None:
    an_hour_ago = time.time() - 3600

    assert after(instance, launched(instance, child.pid)) is STARTED
    assert after(instance, launched(instance, child.pid, told=an_hour_ago)) is FAILURE


def test_a_process_like_a_run_lives_though_the_clock_was_set_forward(
    instance: dg.DagsterInstance,
) -> None:
    code = "import time; time.sleep(60)"
    command = [sys.executable, "-c", code, "from multiprocessing.spawn import spawn_main"]
    with subprocess.Popen(command) as like_a_run:
        run = launched(instance, like_a_run.pid, told=time.time() - 3600)
        while_it_lives = after(instance, run)
        like_a_run.kill()

    assert while_it_lives is STARTED
    assert after(instance, run) is FAILURE


def test_a_process_that_ended_and_was_not_fetched_is_gone(instance: dg.DagsterInstance) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        wait_for(lambda: psutil.Process(ended.pid).status() == psutil.STATUS_ZOMBIE, 20, every=0.02)
        assert after(instance, launched(instance, ended.pid)) is FAILURE


def test_a_run_of_the_command_line_is_known_by_the_start_of_its_process(
    instance: dg.DagsterInstance,
) -> None:
    ((name, mine),) = process_tags().items()
    host, pid, started = mine.split("/")

    later = f"{host}/{pid}/{float(started) - 60}"
    assert name == PROCESS_TAG
    assert after(instance, by_hand(instance, {name: later})) is FAILURE
    assert after(instance, by_hand(instance, {name: f"{host}/{NEVER}/{started}"})) is FAILURE
    assert after(instance, by_hand(instance, {name: f"elsewhere/{NEVER}/{started}"})) is STARTED


def test_a_run_launched_anew_with_the_tags_of_one_of_the_command_line_has_its_own_process(
    instance: dg.DagsterInstance,
) -> None:
    tags = {PROCESS_TAG: f"{HERE.host}/{NEVER}/0.0", LAUNCHED_TAG: NOWHERE}

    assert after(instance, launched(instance, os.getpid(), tags=tags)) is STARTED
    assert after(instance, launched(instance, tags={PROCESS_TAG: tags[PROCESS_TAG]})) is STARTED


def test_runs_elsewhere_are_left_alone(instance: dg.DagsterInstance) -> None:
    """Of another code location, of another launcher, of nobody known, of before we moved here."""
    moved = Here(HERE.host, time.time() + 60)

    assert after(instance, launched(instance, NEVER, location="others")) is STARTED
    assert after(instance, launched(instance, NEVER, tags={})) is STARTED
    assert after(instance, by_hand(instance, {})) is STARTED
    assert after(instance, launched(instance, NEVER), moved) is STARTED


def test_who_waits_in_the_queue_has_no_process_and_stays(instance: dg.DagsterInstance) -> None:
    assert after(instance, launched(instance, status=QUEUED)) is QUEUED


def test_what_somebody_was_canceling_ends_as_canceled(instance: dg.DagsterInstance) -> None:
    assert after(instance, launched(instance, NEVER, status=CANCELING)) is CANCELED


def test_a_run_that_never_began_ends_once_its_code_server_is_gone(
    instance: dg.DagsterInstance,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        there = {LAUNCHED_TAG: json.dumps({"host": "localhost", "port": port})}
        waits = launched(instance, status=STARTING, tags=there)
        gone = launched(instance, status=STARTING)
        assert after(instance, gone) is STARTING  # it may be about to tell its number
        with clock.told_by(lambda: datetime.now(UTC) + timedelta(minutes=2)):
            assert after(instance, gone) is FAILURE
            assert after(instance, waits) is STARTING
    with clock.told_by(lambda: datetime.now(UTC) + timedelta(minutes=2)):
        assert after(instance, waits) is FAILURE


def test_the_sensor_remembers_since_when_it_is_on_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = home_for_one_run(tmp_path, monkeypatch)
    (sensor,) = left_running_sensors([load_audit_file(home, "late")])
    with dg.DagsterInstance.from_config(str(home.path)) as instance:
        first = sensor.evaluate_tick(dg.build_sensor_context(instance))
        run = launched(instance, NEVER)
        elsewhere = json.dumps(("elsewhere", 0.0))
        moved = sensor.evaluate_tick(dg.build_sensor_context(instance, cursor=elsewhere))
        stayed = sensor.evaluate_tick(dg.build_sensor_context(instance, cursor=first.cursor))

    assert first.skip_message == "every run that works has its process"
    assert json.loads(str(first.cursor)) == [HERE.host, 0.0]
    host, since = json.loads(str(moved.cursor))
    assert (host, moved.skip_message) == (HERE.host, first.skip_message)
    assert time.time() - since < 60
    assert f"{run.run_id}: failed" in str(stayed.skip_message)


def test_without_a_queue_a_run_may_be_on_the_machine_of_the_web_server(
    tmp_path: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An instance in memory has no queue."""
    home = home_for_one_run(tmp_path, monkeypatch)
    (sensor,) = left_running_sensors([load_audit_file(home, "late")])
    run = launched(instance, NEVER)

    ticked = sensor.evaluate_tick(dg.build_sensor_context(instance))

    assert ticked.skip_message == "every run that works has its process"
    assert json.loads(str(ticked.cursor)) == [HERE.host, 0.0]
    assert after(instance, run) is FAILURE  # of which it is known that it was started here

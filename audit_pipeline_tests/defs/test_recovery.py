"""A process is gone before it sealed its window: a run is asked for that writes the report.

With a real daemon and a real kill: `test_left_running`.
"""

import os
from functools import partial
from pathlib import Path

import dagster as dg
import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline.defs.runs import RECOVERY_TAG
from audit_pipeline.domain.measurement import Json
from audit_pipeline.stages.revision import open_store
from audit_pipeline.store.claims import Wanted
from audit_pipeline.store.owner import Owner
from audit_pipeline_tests.defs import ticks
from audit_pipeline_tests.defs.homes import example_home, small_audit, write_audit

NEVER = 2**22 + 1
"""No process has this id: Linux counts to 2**22."""
tick = partial(ticks.tick, "unfinished_audits")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv("AUDIT_PIPELINE_STORE_URL", raising=False)
    home = example_home(tmp_path / "home", employment_ma={"schedule": {"on_arrival": False}})
    monkeypatch.setenv("DAGSTER_HOME", str(home.path))
    return home


def leave_unfinished(home: Home, window: str) -> None:
    """Claim a window for a process that is no more."""
    write_audit(home.path, small_audit("late"))
    dead = Owner(run_id="dead", host=os.uname().nodename, pid=NEVER, pid_started=0.0)
    store = open_store(home.store_url)
    store.claim(Wanted(audit="late", window=window, content="anything"), dead)


def test_a_claim_whose_process_is_gone_is_finished_by_a_run_of_the_last_three_steps(
    home: Home,
) -> None:
    leave_unfinished(home, "2025-03-01")
    with dg.DagsterInstance.ephemeral() as instance:
        (request,) = tick(home, instance).run_requests or ()

    assert request.partition_key == "2025-03-01"
    assert [key.path for key in request.asset_selection or ()] == [
        ["late", "verdicts"],
        ["late", "report"],
        ["late", "evidence"],
    ]
    assert request.tags[RECOVERY_TAG] == "late/2025-03-01/1"


def test_a_recovery_that_took_the_claim_over_and_died_counts_as_tried(home: Home) -> None:
    leave_unfinished(home, "2025-03-01")
    store = open_store(home.store_url)
    with dg.DagsterInstance.ephemeral() as instance:
        for attempt in range(3):
            (request,) = tick(home, instance).run_requests or ()
            run = instance.add_run(
                dg.DagsterRun(job_name=str(request.job_name), tags=dict(request.tags))
            )
            dead = Owner(
                run_id=f"recovery {attempt}", host=os.uname().nodename, pid=NEVER, pid_started=0.0
            )
            assert store.adopt("late", "2025-03-01", dead)
            instance.report_run_failed(run)
        assert not tick(home, instance).run_requests


def test_assets_materialized_one_by_one_are_no_crash(home: Home) -> None:
    leave_unfinished(home, "2025-03-01")
    with dg.DagsterInstance.ephemeral() as instance:
        run = dg.DagsterRun(job_name="any", run_id="dead", status=dg.DagsterRunStatus.SUCCESS)
        instance.add_run(run)
        ticked = tick(home, instance)

    assert not ticked.run_requests
    assert "materialized in part" in str(ticked.skip_message)


def test_a_window_that_no_longer_exists_blocks_nothing(home: Home) -> None:
    leave_unfinished(home, "1999-03-01")
    with dg.DagsterInstance.ephemeral() as instance:
        assert not tick(home, instance).run_requests


def test_a_recovery_that_failed_is_tried_again_but_not_for_ever(home: Home) -> None:
    leave_unfinished(home, "2025-03-01")
    keys: list[Json] = []
    with dg.DagsterInstance.ephemeral() as instance:
        for _ in range(3):
            (request,) = tick(home, instance).run_requests or ()
            keys.append(request.run_key)
            run = instance.add_run(
                dg.DagsterRun(job_name=str(request.job_name), tags=dict(request.tags))
            )
            assert not tick(home, instance).run_requests  # it has not ended yet
            instance.report_run_failed(run)
        done = tick(home, instance)

    assert len(set(keys)) == 3
    assert not done.run_requests
    assert "late/2025-03-01/1: 3 recovery runs so far" in str(done.skip_message)


def test_where_nothing_was_left_unfinished_the_sensor_says_so(home: Home) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert tick(home, instance).skip_message == "no audit was left unfinished"

"""Killed at every crash point, and started again: nothing is lost, doubled or half there."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from audit_pipeline import clock
from audit_pipeline.audits.home import Home
from audit_pipeline.crash_points import CrashPoint
from audit_pipeline.stages.approval import approvals
from audit_pipeline.stages.findings.looking import Wanted, findings_wanted, waive
from audit_pipeline_tests.stages.consistent import assert_all_is_well
from audit_pipeline_tests.stages.killed import (
    NAME,
    Work,
    approves,
    audits,
    delivers,
    die,
    recovers,
    ships,
    shows,
    watches,
)
from audit_pipeline_tests.stages.restarted import World, later, restart, tell, world


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.delenv("AUDIT_PIPELINE_STORE_URL", raising=False)
    with world(tmp_path) as begun:
        yield begun


def _dies_once_claimed(home: Home) -> None:
    die(CrashPoint.CLAIMED, home, audits)


def _dies_before_it_is_sealed(home: Home) -> None:
    die(CrashPoint.EVIDENCE_IN_PLACE, home, audits)


def _waives_until_today(home: Home) -> None:
    audits(home)
    tell(home)
    first = findings_wanted(home, Wanted())[0]
    waive(home, first.number, "ada@example.org", "known", clock.now().date())


def _delivers_tomorrow(home: Home) -> None:
    with later(timedelta(days=1)):
        delivers(home)


BEFORE: dict[CrashPoint, Work] = {
    CrashPoint.ADOPTING: _dies_once_claimed,
    CrashPoint.FOLDER_ASIDE: _dies_before_it_is_sealed,
    CrashPoint.PAGE_DRAFTED: audits,
    CrashPoint.WAIVER_ENDED: _waives_until_today,
    CrashPoint.ALERTS_HELD: audits,
    CrashPoint.ALERTS_ADDRESSING: audits,
    CrashPoint.ALERTS_ADDRESSED: audits,
    CrashPoint.ALERT_SENT: audits,
    CrashPoint.RUN_ABORTED: _dies_once_claimed,
    CrashPoint.EVENTS_TAKEN: audits,
    CrashPoint.EVENTS_SENT: audits,
}
"""What has happened by then, where that is anything."""
AT: dict[CrashPoint, Work] = {
    CrashPoint.APPROVING: approves,
    CrashPoint.ADOPTING: recovers,
    CrashPoint.FOLDER_ASIDE: recovers,
    CrashPoint.PAGE_DRAFTED: shows,
    CrashPoint.LATE_FOUND: watches,
    CrashPoint.WAIVER_ENDED: _delivers_tomorrow,
    CrashPoint.ALERTS_HELD: delivers,
    CrashPoint.ALERTS_ADDRESSING: delivers,
    CrashPoint.ALERTS_ADDRESSED: delivers,
    CrashPoint.ALERT_SENT: delivers,
    CrashPoint.RUN_ABORTED: ships,
    CrashPoint.EVENTS_TAKEN: ships,
    CrashPoint.EVENTS_SENT: ships,
}
"""What is being done, where it is not a whole audit."""


@pytest.mark.parametrize("point", CrashPoint, ids=lambda point: point.name)
def test_killed_at_a_point_and_started_again_all_is_well(here: World, point: CrashPoint) -> None:
    BEFORE.get(point, id)(here.home)
    die(point, here.home, AT.get(point, audits))
    restart(here.home)
    assert_all_is_well(here)


def test_an_approval_that_was_killed_was_not_given(here: World) -> None:
    die(CrashPoint.APPROVING, here.home, approves)
    assert approvals(here.home, NAME) == []
    approves(here.home)
    assert [given.number for given in approvals(here.home, NAME)] == [1]

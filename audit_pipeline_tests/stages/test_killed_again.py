"""Killed at any file, killed while it recovers, recovered by two at once, or by none."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline.crash_points import CrashPoint
from audit_pipeline.stages import report, work
from audit_pipeline.stages.lineage.emitting import sealing
from audit_pipeline.store.engine import StoreError
from audit_pipeline_tests.stages.consistent import assert_all_is_well
from audit_pipeline_tests.stages.killed import (
    NAME,
    Work,
    audits,
    claims,
    delivers,
    die,
    ends,
    paused,
    recovers,
    run_at,
    watches,
)
from audit_pipeline_tests.stages.restarted import World, new_rows, restart, world

DRAFT = re.compile(r"\.(?P<name>.+)\.[0-9a-f]{32}\.part")
OF_AN_AUDIT = (
    *("origin.json", "last.json", "arrival.json", "baseline_folder.json"),
    *("record.json", "report.html", "manifest.json", "index.html"),
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.delenv("AUDIT_PIPELINE_STORE_URL", raising=False)
    with world(tmp_path) as begun:
        yield begun


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return the files that an audit writes, in that order."""
    names: list[str] = []
    replace = Path.replace

    def noted(draft: Path, final: Path) -> Path:
        names.append(Path(final).name)
        return replace(draft, final)

    with pytest.MonkeyPatch.context() as patch, world(tmp_path_factory.mktemp("home")) as begun:
        patch.setattr(Path, "replace", noted)
        audits(begun.home)
    return names


def drafts(home: Home) -> list[str]:
    return [found["name"] for p in home.path.rglob(".*.part") if (found := DRAFT.match(p.name))]


@pytest.mark.parametrize("name", OF_AN_AUDIT)
def test_killed_over_a_file_it_is_not_half_there(
    here: World, written: list[str], name: str
) -> None:
    die(CrashPoint.FILE_DRAFTED, here.home, audits, passing=written.index(name))
    assert drafts(here.home) == [name]
    restart(here.home)
    assert_all_is_well(here)


def test_killed_over_the_heartbeat_the_last_one_stands(here: World) -> None:
    watches(here.home)
    before = (here.home.path / "heartbeat").read_bytes()
    die(CrashPoint.FILE_DRAFTED, here.home, watches)
    assert (drafts(here.home), (here.home.path / "heartbeat").read_bytes()) == (
        ["heartbeat"],
        before,
    )
    restart(here.home)
    assert_all_is_well(here)


P = CrashPoint


@pytest.mark.parametrize(
    "points",
    [
        (P.EVIDENCE_IN_PLACE, P.FOLDER_ASIDE, P.SEALING, P.EVIDENCE_IN_PLACE, P.FOLDER_ASIDE),
        (P.SETTLED, P.SEALING, P.EVIDENCE_IN_PLACE, P.SEALED),
        (P.RESERVED, P.ADOPTING, P.RECORD_WRITTEN, P.RESULT_WRITTEN, P.FINDINGS_WRITTEN),
    ],
    ids=lambda points: points[0].name,
)
def test_killed_again_and_again_while_it_recovers_all_is_well(
    here: World, points: tuple[CrashPoint, ...]
) -> None:
    for point, at in zip(points, [audits, *[recovers] * len(points)], strict=False):
        die(point, here.home, at)
    restart(here.home)
    assert_all_is_well(here)


@pytest.mark.parametrize("point", [P.RESERVED, P.EVIDENCE_IN_PLACE], ids=lambda point: point.name)
@pytest.mark.parametrize("other", [recovers, audits])
def test_two_that_start_again_at_once_do_no_harm(
    here: World, point: CrashPoint, other: Work
) -> None:
    die(point, here.home, audits)
    assert ends([(recovers, None), (other, None)], here.home) == [0, 0]
    restart(here.home)
    assert_all_is_well(here)


@pytest.mark.parametrize(
    "point", [P.RESERVED, P.CLAIMED, P.EVIDENCE_IN_PLACE], ids=lambda point: point.name
)
def test_other_rows_that_are_audited_before_anybody_recovers_are_the_audit(
    here: World, point: CrashPoint
) -> None:
    die(point, here.home, audits)
    new_rows(here.home)
    audits(here.home)
    restart(here.home)
    assert_all_is_well(here)
    assert [each.revision for each in here.store.sealed(NAME)] == [2]


def test_who_dies_after_a_later_revision_was_sealed_leaves_nothing_open(here: World) -> None:
    with paused(here.home, claims):
        new_rows(here.home)
        audits(here.home)
    (left,) = work.abandoned(here.home, [run_at(here.home).audit])
    assert left.revision == 1
    restart(here.home)
    assert_all_is_well(here)


def test_who_dies_while_another_passes_by_leaves_a_report_all_the_same(here: World) -> None:
    run = run_at(here.home)
    with paused(here.home, claims):
        for stage in (work.verdicts, work.report):
            assert not stage(run.as_claimed()).worked  # the window is in another's hands
    assert work.evidence(run.as_claimed()).worked  # which have died
    restart(here.home)
    assert_all_is_well(here)
    assert [each.complete for each in here.store.sealed(NAME)] == [False, True]


def _stands_still(home: Home) -> None:
    """Audit, but be thought dead before it is sealed: another finishes it meanwhile."""

    def meanwhile(*told: Any, **more: Any) -> Any:  # noqa: ANN401 (of lineage)
        patch.undo()  # the other one goes its way
        with run_at(home).store.engine.begin() as connection:
            gone = "host = 'elsewhere', beat = '2020-01-01 00:00:00.000000'"
            connection.exec_driver_sql(f"UPDATE audit_claims SET {gone}")
        recovers(home)
        return sealing(*told, **more)

    patch = pytest.MonkeyPatch()
    patch.setattr(report, "sealing", meanwhile)
    with pytest.raises(StoreError, match="was taken over by another run"):
        audits(home)


def test_who_was_thought_dead_and_goes_on_takes_no_evidence_away(here: World) -> None:
    """A machine that stood still for minutes, as virtual ones do while they are moved."""
    assert ends([(_stands_still, None)], here.home) == [0]
    restart(here.home)
    assert_all_is_well(here)


def test_who_sends_alerts_for_a_process_ends_with_it(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    audits(here.home)
    monkeypatch.setenv("OF_THIS_TEST", str(here.home.path))
    die(CrashPoint.ALERT_SENT, here.home, delivers)
    _, alive = psutil.wait_procs(_of(str(here.home.path)), timeout=10)
    assert alive == []


def _of(test: str) -> list[psutil.Process]:
    """Return the processes that were started for a test."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get("OF_THIS_TEST") == test:
                found.append(process)
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            continue
    return found

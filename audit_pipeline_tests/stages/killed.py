"""Processes that die at a crash point, and the work at which they do.

Each is forked from a server that has imported all that audits stand on, so that it costs little.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from uuid import uuid4

from audit_pipeline import clock
from audit_pipeline.audits.home import Home
from audit_pipeline.crash_points import CrashPoint, arm
from audit_pipeline.stages import work
from audit_pipeline.stages.alerting.delivering import deliver
from audit_pipeline.stages.approval import approve, read_candidate
from audit_pipeline.stages.deadlines.health import look_at_health, write_heartbeat
from audit_pipeline.stages.lineage.shipping import ship
from audit_pipeline.stages.revision import AuditRun
from audit_pipeline.stages.site import write_site
from audit_pipeline.stages.vocabulary import load_audit_file

NAME, WINDOW = "loans", "2024-01"
PATIENT = 120.0
"""Seconds for which a process is waited for, whatever else the machine does."""

Work = Callable[[Home], object]

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(
    [
        __name__,
        # imported late, in the functions that need them
        *("duckdb", "ibis.backends.duckdb", "pandas", "scipy.stats", "sqlglot", "requests"),
        *("openlineage.client.event_v2", "openlineage.client.facet_v2", "pytest"),
        *("audit_pipeline.stages.ingest", "audit_pipeline.stages.baseline"),
        *("audit_pipeline.stages.report", "audit_pipeline.stages.drift"),
        *("audit_pipeline.lineage.facets.event", "audit_pipeline.lineage.destinations.http"),
    ]
)


def die(point: CrashPoint, home: Home, at: Work, passing: int = 0) -> None:
    """Let a process be killed at its work, at a point that it passed `passing` times."""
    (ended,) = ends([(at, point)], home, passing)
    assert ended == -signal.SIGKILL, f"{point.name} was not reached: it ended as {ended}"


def ends(
    works: Sequence[tuple[Work, CrashPoint | None]], home: Home, passing: int = 0
) -> list[int | None]:
    """Let processes work side by side, each armed for a point or none; return how they ended."""
    begun = []
    for at, point in works:
        told = (dict(os.environ), point, passing, at, home.path)
        begun.append(_processes.Process(target=_work, args=told))
        begun[-1].start()
    for process in begun:
        process.join(PATIENT)
    return [process.exitcode for process in begun]


@contextmanager
def paused(home: Home, at: Work) -> Iterator[int]:
    """Let a process do its work, then live on idly until the block ends; it is killed then.

    Gives its process id.
    """
    hear, tell = _processes.Pipe(duplex=False)
    process = _processes.Process(target=_wait, args=(dict(os.environ), at, home.path, tell))
    process.start()
    try:
        assert hear.poll(PATIENT)
        hear.recv_bytes()
        yield process.pid or 0
    finally:
        process.kill()
        process.join(PATIENT)


def _wait(environment: dict[str, str], at: Work, home: Path, tell: Connection) -> None:
    _work(environment, None, 0, at, home)
    tell.send_bytes(b"done")
    signal.pause()


def _work(
    environment: dict[str, str], point: CrashPoint | None, passing: int, at: Work, home: Path
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    if point is not None:
        arm(point, passing)
    at(Home(home))


def run_at(home: Home) -> AuditRun:
    """Return a new run at the one window there is."""
    file = load_audit_file(home, NAME)
    window = file.audit.window.windows.window(WINDOW, clock.now())
    return AuditRun(home=home, file=file, window=window, run_id=uuid4().hex)


def claims(home: Home) -> None:
    """Read the rows, and claim them; go no further."""
    work.snapshot(run_at(home))


def audits(home: Home) -> None:
    """Make the baseline and a whole audit."""
    run = run_at(home)
    work.baseline(home, run.file)
    work.snapshot(run)
    for stage in (work.profile, work.rules):
        stage(run.as_claimed())
    for asset in ("drift", "performance", "fairness"):
        work.metrics(run.as_claimed(), asset)
    for stage in (work.explanations, work.verdicts, work.report, work.evidence):
        stage(run.as_claimed())


def recovers(home: Home) -> None:
    """Finish what a dead process left, by the steps of `defs.recovery.FINISH`."""
    run = run_at(home)
    for stage in (work.verdicts, work.report, work.evidence):
        stage(run.as_claimed())


def approves(home: Home) -> None:
    """Approve the baseline as it is now."""
    approve(home, read_candidate(home, load_audit_file(home, NAME)), "ada@example.org", "the first")


def watches(home: Home) -> None:
    """Look whether all that should run does, and leave a heartbeat."""
    write_heartbeat(home.path / "heartbeat", look_at_health(home, clock.now()))


def shows(home: Home) -> None:
    """Write the site."""
    write_site(home, clock.now())


def delivers(home: Home) -> Any:  # noqa: ANN401 (what came of it)
    """Deliver alerts for a while."""
    return deliver(home, 20, clock.now(), at_once=True)


def ships(home: Home) -> Any:  # noqa: ANN401 (what came of it)
    """Deliver lineage events for a while."""
    return ship(home, 20, at_once=True)

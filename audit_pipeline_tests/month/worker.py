"""What a worker does, in a process of its own that may be killed at any moment."""

import logging
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from audit_pipeline import clock, crash_points
from audit_pipeline.audits.home import Home
from audit_pipeline.crash_points import CrashPoint
from audit_pipeline_tests.month.clocks import SimulatedClock

GAPS, RED = 3, 1
"""Ends of a run: it, or the one that it found at work, finished a dead one's report with gaps."""
OF_THE_DEAD = "(the process ended before this stage did)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be done: `audit`, `finish`, `deliver`, `ship` or `look`.

    The process dies at `dies_at`, after it passed there `passing` times.
    """

    do: str
    home: Path
    clock: SimulatedClock
    audit: str = ""
    window: str = ""
    run_id: str = ""
    dies_at: CrashPoint | None = None
    passing: int = 0
    environment: dict[str, str] = field(default_factory=dict[str, str])


def work_on(task: Task) -> None:
    """Do it, and leave with exit code 1 if a stage crashed."""
    assert "audit_pipeline_tests.month.warm" in sys.modules, "workers are forked cold: see `warm`"
    os.environ.update(task.environment)
    logging.disable(logging.CRITICAL)
    if task.dies_at is not None:
        crash_points.arm(task.dies_at, task.passing)
    with clock.told_by(task.clock):
        DOES[task.do](task)
    os._exit(0)


def _audit(task: Task) -> None:
    from audit_pipeline.stages import work  # noqa: PLC0415 (imported by `warm`, before the fork)
    from audit_pipeline.stages.report import CrashedError  # noqa: PLC0415
    from audit_pipeline.stages.revision import AuditRun  # noqa: PLC0415
    from audit_pipeline.stages.vocabulary import load_audit_file  # noqa: PLC0415

    home = Home(task.home)
    file = load_audit_file(home, task.audit)
    window = file.audit.window.windows.window(task.window, clock.now())
    run = AuditRun(home=home, file=file, window=window, run_id=task.run_id)
    if task.do == "audit":
        work.baseline(home, file)
        work.snapshot(run)
        for stage in (work.profile, work.rules):
            stage(run.as_claimed())
        for asset in ("drift", "performance", "fairness"):
            work.metrics(run.as_claimed(), asset)
        work.explanations(run.as_claimed())
    for stage in (work.verdicts, work.report, work.evidence):
        stage(run.as_claimed())
    if task.do == "audit":
        try:
            work.raise_if_crashed(run)
        except CrashedError as error:
            crashes = str(error).split("; ")
            os._exit(GAPS if all(each.endswith(OF_THE_DEAD) for each in crashes) else RED)


def _deliver(task: Task) -> None:
    from audit_pipeline.stages.alerting.delivering import deliver  # noqa: PLC0415

    deliver(Home(task.home), 30, clock.now())


def _ship(task: Task) -> None:
    from audit_pipeline.stages.lineage.shipping import ship  # noqa: PLC0415

    ship(Home(task.home), 40)


def _look(task: Task) -> None:
    from audit_pipeline.stages.deadlines.health import look_at_health  # noqa: PLC0415

    look_at_health(Home(task.home), clock.now())


DOES = {"audit": _audit, "finish": _audit, "deliver": _deliver, "ship": _ship, "look": _look}

"""The steps of an audit by name. Each brings in what it needs when it is called.

Loading the definitions imports this module, and not what the stages stand on: an engine, a
database, a rules library.
"""

import gc
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from audit_pipeline import clock
from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.domain.window import Window, WindowError

INCOMING = ".incoming-"
SELDOM = 20_000  # objects made between two looks of the garbage collector; by default 700

if TYPE_CHECKING:
    from audit_pipeline.stages.boundary import Ran
    from audit_pipeline.stages.revision import AuditRun, StageResult
    from audit_pipeline.stages.standing import Standing
    from audit_pipeline.store.claims import Claim

# ruff: noqa: PLC0415 (late imports are what this module is for)


def warm_up(*, rules: bool = False, model: bool = False) -> None:
    """Start the processes that run rules and models; they import while we read data.

    The garbage collector then looks seldom: it took a sixth of a wide audit, which keeps all.
    """
    from audit_pipeline.models import shared_child
    from audit_pipeline.rules.child import RULES

    gc.set_threshold(SELDOM)
    if model:
        shared_child.warm_up()
    if rules:
        shared_child.warm_up(RULES)


def begin_snapshot(home: Home, file: AuditFile, window: Window, run_id: str) -> None:
    """Begin to read a window's rows for a run that is about to start."""
    from audit_pipeline.stages import ahead

    draft = incoming(home, file.audit.name, window, run_id)

    def read() -> object:
        from audit_pipeline.stages.snapshot import take_snapshot

        return take_snapshot(file.audit, file.audit.current, draft, window)

    def prepare() -> None:
        from audit_pipeline.stages.ingest import reserve
        from audit_pipeline.stages.revision import AuditRun

        reserve(AuditRun(home=home, file=file, window=window, run_id=run_id))

    ahead.begin("snapshot", draft, read, prepare)


def baseline(home: Home, file: AuditFile) -> "StageResult":
    """Profile the baseline, unless this very baseline was profiled before."""
    warm_up(rules=bool(file.audit.rules), model=file.audit.model is not None)
    from audit_pipeline.stages.baseline import make_baseline

    return make_baseline(home, file)


def snapshot(run: "AuditRun") -> "Ran":
    """Take the window's snapshot and claim it."""
    from audit_pipeline.stages.ahead import begin
    from audit_pipeline.stages.explain import explained
    from audit_pipeline.stages.ingest import make_snapshot
    from audit_pipeline.stages.validate import ask_rules

    ran = make_snapshot(run)
    if ran.worked and ran.result.record.status == "done":
        revision = run.revision(ran.claim)
        begin("rule_results", revision.path, lambda: ask_rules(run, revision))
        if run.audit.model is not None:
            begin("explanations", revision.path, lambda: explained(run.audit, revision))
    return ran


def profile(run: "AuditRun") -> "Ran":
    """Count the snapshot."""
    from audit_pipeline.stages.drift import make_profile

    return make_profile(run)


def rules(run: "AuditRun") -> "Ran":
    """Hold the snapshot to its rules."""
    from audit_pipeline.stages.validate import validate

    return validate(run)


def metrics(run: "AuditRun", asset: str) -> "Ran":
    """Measure and judge the metrics of one asset."""
    from audit_pipeline.stages.drift import measure

    return measure(run, asset)


def explanations(run: "AuditRun") -> "Ran":
    """Explain the model."""
    from audit_pipeline.stages.explain import explain

    return explain(run)


def verdicts(run: "AuditRun") -> "Ran":
    """Gather every outcome."""
    from audit_pipeline.stages.verdicts import give_verdicts

    return give_verdicts(run)


def report(run: "AuditRun") -> "Ran":
    """Write the report."""
    from audit_pipeline.stages.report import write_report

    return write_report(run)


def evidence(run: "AuditRun") -> "Ran":
    """Hand out the evidence and seal the audit."""
    from audit_pipeline.stages.report import seal

    return seal(run)


def raise_if_crashed(run: "AuditRun") -> None:
    """Raise if a stage crashed."""
    from audit_pipeline.stages import report

    report.raise_if_crashed(run)


def due_window(home: Home, file: AuditFile, at: datetime) -> Window | str:
    """Return the newest window that has ended at `at` and is not audited, or why there is none."""
    from audit_pipeline.stages.revision import open_store

    if (why := file.audit.schedule.paused) is not None:
        return f"paused: {why}"
    window = next(file.audit.window.windows.ended(at), None)
    if window is None:
        return "no window of this audit has ended yet"
    sealed = open_store(home.store_url).sealed(file.audit.name, window.key)
    if any(each.complete and each.rows for each in sealed):
        return f"window {window.key} is audited already"
    return window


def abandoned(home: Home, audits: Sequence[Audit]) -> list["Claim"]:
    """Return the claims whose process ended before it sealed them, of windows that still exist."""
    from audit_pipeline.stages.revision import open_store

    windows = {audit.name: audit.window.windows for audit in audits}
    found = []
    for claim, alive in open_store(home.store_url).open_claims():
        with suppress(WindowError):  # the audit's start or length was changed meanwhile
            if not alive and claim.audit in windows:
                windows[claim.audit].window(claim.window, clock.now())
                found.append(claim)
    return found


def incoming(home: Home, audit: str, window: Window, run_id: str) -> Path:
    """Return the folder of rows that a run reads and has not claimed yet."""
    return home.private / audit / "windows" / window.key / f"{INCOMING}{run_id}"


def release(home: Home, audit: str, window: str) -> None:
    """Give back what this process claimed and will not finish."""
    from audit_pipeline.stages.revision import open_store

    open_store(home.store_url).release(audit, window)


def standing(home: Home, file: AuditFile, window: str, run_id: str) -> "Standing":
    """Return how a window stands after `run_id` worked on it."""
    from audit_pipeline.stages.standing import standing_of

    return standing_of(home, file, window, run_id)

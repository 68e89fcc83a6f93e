"""The ingest stage: the snapshot of the window, and the claim on it."""

import contextlib
import hashlib
import shutil
from pathlib import Path

from audit_pipeline import __version__, clock
from audit_pipeline.crash_points import CrashPoint, reached
from audit_pipeline.domain.record import SnapshotRecord, StageRecord
from audit_pipeline.stages.ahead import take
from audit_pipeline.stages.arrivals import note_mark
from audit_pipeline.stages.baseline import no_baseline, snapshot_facts
from audit_pipeline.stages.baseline_in_force import Baseline, find_baseline
from audit_pipeline.stages.boundary import Ran, ending
from audit_pipeline.stages.heartbeat import keep_beating
from audit_pipeline.stages.lineage.emitting import begin_stage, end_stage, leave_alone
from audit_pipeline.stages.revision import (
    AUDIT_FILE,
    BASELINE,
    AuditRun,
    StageResult,
    write_snapshot,
)
from audit_pipeline.stages.snapshot import take_snapshot
from audit_pipeline.stages.work import incoming
from audit_pipeline.store.adoption import given_up
from audit_pipeline.store.atomic import PART, canonical_json, replace_folder, write_json
from audit_pipeline.store.claims import Claim, Wanted
from audit_pipeline.store.owner import this_process

DAY = 86_400.0


def make_snapshot(run: AuditRun) -> Ran:
    """Read the window's rows, write them down, and claim them for this run.

    Content that was audited already is not claimed again, unless the run says so.
    """
    reserve(run)
    reached(CrashPoint.RESERVED)
    begin_stage(run, "snapshot")
    draft = incoming(run.home, run.audit.name, run.window, run.run_id)
    _sweep(run)
    record: SnapshotRecord | None = None
    try:
        with ending("snapshot") as stage:
            record = take(
                stage,
                draft,
                lambda: take_snapshot(run.audit, run.audit.current, draft, run.window),
            )
            write_snapshot(draft, record)
            stage.facts = snapshot_facts(record)
            if record.scoring_broke:
                stage.crashes.append(record.unscored or "scoring broke")
        result = stage.result()
        baseline = find_baseline(run)
        reached(CrashPoint.SNAPSHOT_TAKEN)
        claim = _claim(run, _content(run, record, baseline, result.record))
        if claim.state == "granted":
            reached(CrashPoint.CLAIMED)
            _forsake(run)
            _settle(run, claim, draft, baseline, result)
            reached(CrashPoint.INGESTED)
            end_stage(run, run.revision(claim), result)
        else:
            leave_alone(run, "snapshot")
        if claim.state == "already_audited":  # the sources were touched; their rows are the same
            note_mark(run.store, claim, draft, clock.now())
        return Ran(claim, result, worked=claim.state == "granted")
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def reserve(run: AuditRun) -> None:
    """Say that this run begins to read the window: if it dies, somebody knows."""
    held = run.store.reserve(run.audit.name, run.window.key, this_process(run.run_id))
    keep_beating(run.store, held)


def _sweep(run: AuditRun) -> None:
    """Remove what killed runs left behind, once nobody can be at work on it.

    Everything unfinished, or put aside while it was replaced, has a dot in front of its name: a
    folder, or a file that ends in `.part`.
    """
    evidence, drafts = run.home.evidence / run.audit.name, f".*{PART}"
    places = (
        *((run.folder, "windows/*/.*"), (run.folder, "baselines/.*"), (evidence, "*/.*")),
        *((evidence, drafts), (run.home.evidence, drafts), (run.home.path, drafts)),
    )
    for left in [left for place, pattern in places for left in place.glob(pattern)]:
        with contextlib.suppress(FileNotFoundError):  # another run sweeps, too
            if clock.now().timestamp() - left.stat().st_mtime > DAY:
                _remove(left)


def _remove(left: Path) -> None:
    if left.is_dir():
        shutil.rmtree(left, ignore_errors=True)
    else:
        left.unlink(missing_ok=True)


def _forsake(run: AuditRun) -> None:
    """Remove what was handed out of revisions that were given up: it looks like an audit."""
    for number in given_up(run.store.engine, run.audit.name, run.window.key):
        shutil.rmtree(run.evidence_folder(number), ignore_errors=True)


def _settle(
    run: AuditRun, claim: Claim, draft: Path, baseline: Baseline | None, result: StageResult
) -> None:
    draft.mkdir(parents=True, exist_ok=True)
    revision = run.revision(claim)
    (draft / AUDIT_FILE).write_bytes(run.file.raw)
    replace_folder(draft, revision.path)
    reached(CrashPoint.SETTLED)
    if baseline is not None:
        write_json(revision.path / BASELINE, baseline.as_json())
    else:
        revision.write_result(no_baseline(run.folder))
    revision.write_result(result)


def _claim(run: AuditRun, content: str) -> Claim:
    audit = run.audit
    described = {n: str(getattr(audit, n)) for n in ("name", "purpose", "owner", "risk")}
    run.store.describe(described | {"file_sha256": run.file.sha256})
    wanted = Wanted(audit=audit.name, window=run.window.key, content=content, again=run.again)
    claim = run.store.claim(wanted, this_process(run.run_id))
    if claim.state == "granted":
        keep_beating(run.store, claim)
    return claim


def _content(
    run: AuditRun, record: SnapshotRecord | None, baseline: Baseline | None, stage: StageRecord
) -> str:
    """Return the digest of all that determines the audit's result."""
    settings = run.audit.model_dump(mode="json", exclude={"schedule", "report", "findings"})
    of = {
        "snapshot": record.fingerprint if record else stage.reason,
        "missing": record.missing_columns if record else (),
        "unscored": record.unscored if record else None,
        "baseline": baseline.folder.name if baseline else None,
        "settings": settings,
        "version": __version__,
    }
    return hashlib.sha256(canonical_json(of)).hexdigest()

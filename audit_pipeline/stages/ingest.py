"""The ingest stage: the baseline, made once; the snapshot of the window; the claim on it."""

import hashlib
import shutil
from dataclasses import asdict
from pathlib import Path
from uuid import uuid4

from audit_pipeline import __version__
from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.domain.record import SnapshotRecord, StageRecord
from audit_pipeline.profiles.codec import VERSION as PROFILE_VERSION
from audit_pipeline.profiles.engine import engine_name, open_duckdb
from audit_pipeline.profiles.measure import profile_table
from audit_pipeline.profiles.planner import plan_columns
from audit_pipeline.sources.base import SourceError
from audit_pipeline.sources.catalog import SOURCES
from audit_pipeline.stages.boundary import Ran, ending
from audit_pipeline.stages.heartbeat import keep_beating
from audit_pipeline.stages.revision import (
    AuditRun,
    StageResult,
    read_snapshot,
    save_profile,
    write_snapshot,
)
from audit_pipeline.stages.snapshot import take_snapshot
from audit_pipeline.stages.tables import files_sha256
from audit_pipeline.store.atomic import canonical_json, replace_folder, write_json
from audit_pipeline.store.claims import Claim, Wanted
from audit_pipeline.store.owner import this_process


def make_baseline(home: Home, file: AuditFile) -> StageResult:
    """Profile the baseline, unless this very baseline was profiled before."""
    with ending("baseline") as stage:
        folder, made = ensure_baseline(file.audit, home.private / file.audit.name)
        record = read_snapshot(folder)
        if record is not None:
            stage.facts = _facts(record) | {"made by this run": made}
    return stage.result()


def ensure_baseline(audit: Audit, folder: Path) -> tuple[Path, bool]:
    """Return the folder of the baseline as the audit file has it now, and whether it was made now.

    It is kept under a key of its source files' digests and of all settings that shape it. One
    that the model could not score is kept apart, and made anew each time.
    """
    home = folder / "baselines" / _baseline_key(audit)
    if (home / "profile.parquet").exists():
        return home, False
    draft = folder / "baselines" / f".{home.name}.{uuid4().hex}"
    try:
        record = take_snapshot(audit, audit.baseline, draft, None)
        write_snapshot(draft, record)
        backend = open_duckdb(draft / "spill")
        rows = backend.read_parquet(str(draft / "snapshot.parquet"))
        plan = plan_columns(rows, audit)
        save_profile(draft, profile_table(rows, audit, plan, engine_name(backend)))
        backend.disconnect()
        home = _unscored(home) if record.unscored else home
        replace_folder(draft, home)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return home, True


def _unscored(home: Path) -> Path:
    return home.with_name(f"{home.name}-unscored")


def _baseline_key(audit: Audit) -> str:
    tables = (audit.baseline.table, audit.baseline.predictions, audit.baseline.labels)
    settings = audit.model_dump(mode="json", include={"baseline", "columns", "task", "model"})
    digests = [files_sha256(SOURCES[t.kind].files(t.settings)) for t in tables if t is not None]
    key = {"settings": settings, "files": digests, "profile": PROFILE_VERSION}
    return hashlib.sha256(canonical_json(key)).hexdigest()[:16]


def make_snapshot(run: AuditRun) -> Ran:
    """Read the window's rows, write them down, and claim them for this run.

    Content that was audited already is not claimed again, unless the run says so.
    """
    draft = run.folder / "windows" / run.window.key / f".incoming-{run.run_id}"
    record: SnapshotRecord | None = None
    try:
        with ending("snapshot") as stage:
            record = take_snapshot(run.audit, run.audit.current, draft, run.window)
            write_snapshot(draft, record)
            stage.facts = _facts(record)
        result = stage.result()
        baseline = _baseline_folder(run.audit, run.folder)
        claim = _claim(run, _content(run, record, baseline, result.record))
        if claim.state == "granted":
            _settle(run, claim, draft, baseline, result)
        return Ran(claim, result, worked=claim.state == "granted")
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _settle(
    run: AuditRun, claim: Claim, draft: Path, baseline: Path | None, result: StageResult
) -> None:
    draft.mkdir(parents=True, exist_ok=True)
    revision = run.revision(claim)
    replace_folder(draft, revision.path)
    if baseline is not None:
        write_json(revision.path / "baseline.json", {"folder": str(baseline)})
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
    run: AuditRun, record: SnapshotRecord | None, baseline: Path | None, stage: StageRecord
) -> str:
    """Return the digest of all that determines the audit's result."""
    settings = run.audit.model_dump(mode="json", exclude={"schedule", "report"})
    of = {
        "snapshot": record.fingerprint if record else stage.reason,
        "missing": record.missing_columns if record else (),
        "baseline": baseline.name if baseline else None,
        "settings": settings,
        "version": __version__,
    }
    return hashlib.sha256(canonical_json(of)).hexdigest()


def _baseline_folder(audit: Audit, folder: Path) -> Path | None:
    try:
        home = folder / "baselines" / _baseline_key(audit)
    except SourceError:  # said by the baseline's own step
        return None
    found = (home, _unscored(home))
    return next((path for path in found if (path / "profile.parquet").exists()), None)


def _facts(record: SnapshotRecord) -> dict[str, object]:
    facts = asdict(record)
    return {
        "rows": facts["rows"],
        "labelled rows": facts["labelled"],
        "first": facts["first"],
        "last": facts["last"],
        "fingerprint": facts["fingerprint"],
        "predictions from": facts["predictions"],
        "columns": dict(facts["columns"]),
        "notes": [*facts["notes"], *filter(None, [facts["unscored"]])],
    }

"""The baseline: what the model was approved on, profiled once and kept by its content."""

import contextlib
import hashlib
import shutil
from dataclasses import asdict
from pathlib import Path
from uuid import uuid4

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
from audit_pipeline.stages.boundary import ending
from audit_pipeline.stages.revision import (
    RESULT,
    StageResult,
    read_snapshot,
    save_profile,
    write_snapshot,
)
from audit_pipeline.stages.snapshot import take_snapshot
from audit_pipeline.store.atomic import (
    canonical_json,
    read_json,
    replace_folder,
    sync_tree,
    write_json,
)

UNSCORED = "-unscored"


def make_baseline(home: Home, file: AuditFile) -> StageResult:
    """Profile the baseline, unless this very baseline was profiled before."""
    with ending("baseline") as stage:
        folder, made = ensure_baseline(file.audit, home.private / file.audit.name)
        record = read_snapshot(folder)
        if record is not None:
            stage.facts = snapshot_facts(record) | {"made by this run": made}
    write_json(
        _last(home.private / file.audit.name), RESULT.dump_python(stage.result(), mode="json")
    )
    return stage.result()


def _last(folder: Path) -> Path:
    """Return where it is kept how the audit's baseline was last made, or why it was not."""
    return folder / "baselines" / "last.json"


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
        _profile(audit, draft)
        home = _unscored(home) if record.unscored else home
        return home, _put(draft, home)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _profile(audit: Audit, folder: Path) -> None:
    backend = open_duckdb(folder / "spill")
    try:
        rows = backend.read_parquet(str(folder / "snapshot.parquet"))
        plan = plan_columns(rows, audit)
        save_profile(folder, profile_table(rows, audit, plan, engine_name(backend)))
    finally:
        backend.disconnect()


def _put(draft: Path, home: Path) -> bool:
    """Put a baseline in its place; return False if another run has put the same there meanwhile."""
    sync_tree(draft)
    with contextlib.suppress(OSError):  # it is not empty
        draft.rename(home)
        return True
    if (home / "profile.parquet").exists() and not home.name.endswith(UNSCORED):
        return False
    replace_folder(draft, home)
    return True


def _unscored(home: Path) -> Path:
    return home.with_name(home.name + UNSCORED)


def _baseline_key(audit: Audit) -> str:
    tables = (audit.baseline.table, audit.baseline.predictions, audit.baseline.labels)
    settings = audit.model_dump(mode="json", include={"baseline", "columns", "task", "model"})
    digests = [SOURCES[t.kind].digest(t.settings) for t in tables if t is not None]
    key = {"settings": settings, "files": digests, "profile": PROFILE_VERSION}
    return hashlib.sha256(canonical_json(key)).hexdigest()[:16]


def find_baseline(audit: Audit, folder: Path) -> Path | None:
    """Return the folder of the baseline as the audit file has it now, if it was made."""
    try:
        home = folder / "baselines" / _baseline_key(audit)
    except SourceError:  # said by the baseline's own step
        return None
    found = (home, _unscored(home))
    return next((path for path in found if (path / "profile.parquet").exists()), None)


def no_baseline(folder: Path) -> StageResult:
    """Return why there is no baseline, as its own step said it."""
    last = RESULT.validate_python(read_json(_last(folder))) if _last(folder).exists() else None
    if last is not None and last.record.status != "done":
        return last
    reason = "it was not profiled yet: materialize the asset `baseline`"
    return StageResult(record=StageRecord(asset="baseline", status="missing", reason=reason))


def snapshot_facts(record: SnapshotRecord) -> dict[str, object]:
    """Return what to show of a snapshot, by words."""
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

"""The baseline: what the model was approved on, profiled once and kept by its content."""

from dataclasses import asdict
from pathlib import Path

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.crash_points import CrashPoint, reached
from audit_pipeline.domain.masking import FEWEST, few
from audit_pipeline.domain.record import Approval, SnapshotRecord, StageRecord
from audit_pipeline.engines.base import EngineError
from audit_pipeline.sources.base import SourceError
from audit_pipeline.stages.baseline_folders import (
    BASELINES,
    drafted,
    is_approved,
    is_made,
    kept_rows,
    place_of,
    put,
    source_digest,
    unscored,
)
from audit_pipeline.stages.baseline_in_force import approval_in_force, approved
from audit_pipeline.stages.baseline_rows import count_rows, link_rows, take_rows
from audit_pipeline.stages.boundary import ending
from audit_pipeline.stages.lineage.emitting import begin_baseline, end_baseline
from audit_pipeline.stages.missing import MissingError
from audit_pipeline.stages.revision import RESULT, StageResult, read_snapshot
from audit_pipeline.store.atomic import read_json, write_json


def make_baseline(home: Home, file: AuditFile) -> StageResult:
    """Profile the baseline that is approved, unless it was profiled before.

    As long as nobody approved one, that is the baseline as the audit file has it now.
    """
    folder = home.private / file.audit.name
    place: Path | None = None
    teller = begin_baseline(home, file)
    with ending("baseline") as stage:
        approval = approval_in_force(home, file.audit.name)
        place, made = ensure_baseline(file.audit, folder, approval)
        reached(CrashPoint.BASELINE_IN_PLACE)
        stage.facts = {"approved": approved(approval), "made by this run": made}
        record = read_snapshot(place)
        if record is not None:
            stage.facts = snapshot_facts(record) | stage.facts
    write_json(_last(folder), RESULT.dump_python(stage.result(), mode="json"))
    end_baseline(home, file, teller, stage.result(), place)
    return stage.result()


def _last(folder: Path) -> Path:
    """Return where it is kept how the audit's baseline was last made, or why it was not."""
    return folder / BASELINES / "last.json"


def ensure_baseline(
    audit: Audit, folder: Path, approval: Approval | None = None
) -> tuple[Path, bool]:
    """Return the folder of the baseline that is in force, and whether it was made now.

    Without an approval that is the baseline as the audit file has it. One that the model could not
    score is kept apart, and made anew each time.

    Raises:
        SourceError: It cannot be read.
        EngineError: The engine that measures it cannot be used.
        MissingError: What was approved is neither kept nor in its source any more.
    """
    place = place_of(audit, folder, approval.content if approval else source_digest(audit))
    if is_made(place):
        return place, False
    kept = kept_rows(audit, folder, approval) if approval else None
    with drafted(folder) as draft:
        record = link_rows(kept, draft) if kept else _taken(audit, draft, approval)
        count_rows(audit, draft)
        place = unscored(place) if record is not None and record.unscored else place
        return place, put(draft, place)


def _taken(audit: Audit, draft: Path, approval: Approval | None) -> SnapshotRecord:
    """Return the facts of the rows as their source has them, if they are the approved ones."""
    if approval is None:
        return take_rows(audit, draft)
    lost = f"the baseline approved {approval.who_and_when} is not kept under these settings, and"
    to_do = f"approve what is to count from now on: audit-pipeline baseline approve {audit.name}"
    try:
        record, digest = take_rows(audit, draft), source_digest(audit)
    except (SourceError, EngineError) as error:
        raise MissingError(f"{lost} its source cannot be read ({error}); {to_do}") from error
    if not is_approved(approval, digest, record.fingerprint):
        other = "other rows now" if approval.digest else "other rows or columns now"
        raise MissingError(f"{lost} its source holds {other}; {to_do}")
    return record


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
        "model versions": {
            name: f"fewer than {FEWEST}" if few(of.rows) else of.rows
            for name, of in record.versions.items()
        },
        "notes": [*facts["notes"], *filter(None, [facts["unscored"]])],
    }

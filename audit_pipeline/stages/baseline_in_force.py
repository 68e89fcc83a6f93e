"""Which baseline is in force: the approved one, or else the one that the audit file names."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import Home
from audit_pipeline.domain.record import Approval, SnapshotRecord
from audit_pipeline.sources.base import SourceError
from audit_pipeline.stages.baseline_folders import is_made, place_of, source_digest, unscored
from audit_pipeline.stages.revision import BASELINE, AuditRun, Revision, open_store
from audit_pipeline.store.approvals import approvals_of
from audit_pipeline.store.atomic import read_json

NOBODY = "nobody approved this baseline"
APPROVAL = TypeAdapter(Approval)


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The baseline a run compares with: its folder, who approved it, what to know of it."""

    folder: Path
    approval: Approval | None = None
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return what a revision keeps of it."""
        return {
            "folder": str(self.folder),
            "approval": asdict(self.approval) if self.approval else None,
            "notes": list(self.notes),
        }


def approval_in_force(home: Home, name: str) -> Approval | None:
    """Return the last approval of an audit's baseline, None if nobody approved one."""
    return next(iter(approvals_of(open_store(home.store_url).engine, name)), None)


def approved(approval: Approval | None) -> str:
    """Return in words who approved a baseline, when and why."""
    if approval is None:
        return NOBODY
    return f"{approval.who_and_when}: {approval.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceNow:
    """How the source of a baseline stands: its digest, or why it cannot be read."""

    digest: str | None
    unread: str = ""


def source_now(audit: Audit) -> SourceNow:
    """Return how the baseline's source stands now."""
    try:
        return SourceNow(digest=source_digest(audit))
    except SourceError as error:
        return SourceNow(digest=None, unread=str(error))


def find_baseline(run: AuditRun) -> Baseline | None:
    """Return the baseline that is in force for a run, if it was made."""
    approval, now = approval_in_force(run.home, run.audit.name), source_now(run.audit)
    content = approval.content if approval else now.digest
    if content is None:  # said by the baseline's own step
        return None
    place = place_of(run.audit, run.folder, content)
    found = next((path for path in (place, unscored(place)) if is_made(path)), None)
    if found is None:
        return None
    notes = since_approved(run.audit.name, approval, now)
    return Baseline(folder=found, approval=approval, notes=notes)


def since_approved(name: str, approval: Approval | None, now: SourceNow) -> tuple[str, ...]:
    """Return what is to be said where the source holds other rows than were approved."""
    if approval is None or now.digest == approval.digest:
        return ()
    used = f"the rows approved {approval.who_and_when} are used"
    if now.digest is None:
        return (f"the baseline's source cannot be read now ({now.unread}): {used}",)
    to_do = f"audit-pipeline baseline approve {name} takes what it holds now"
    return (f"the baseline's source changed since it was approved: {used}; {to_do}",)


def baseline_of(revision: Revision) -> tuple[SnapshotRecord | None, Approval | None]:
    """Return what a revision is compared with, and who approved it, as it stood at its start."""
    folder, record = revision.baseline_folder(), revision.baseline()
    if folder is None or record is None:
        return record, None
    kept: Mapping[str, Any] = read_json(revision.path / BASELINE)
    approval = APPROVAL.validate_python(kept["approval"]) if kept.get("approval") else None
    return replace(record, notes=(*record.notes, *kept.get("notes", ()))), approval

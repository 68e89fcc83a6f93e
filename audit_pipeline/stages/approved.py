"""How the approval in force stands today: what it covers, whether its source is still the same."""

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from audit_pipeline import clock
from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.domain.record import Approval, SnapshotRecord
from audit_pipeline.stages.baseline_folders import kept_rows, rows_of
from audit_pipeline.stages.baseline_in_force import SourceNow, approval_in_force, source_now
from audit_pipeline.stages.revision import read_snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """The approval in force, None if there is none, and what became of what it is about."""

    audit: str
    approval: Approval | None
    record: SnapshotRecord | None
    """The facts of the approved rows, None where they are not kept here."""
    source: str
    days: int | None
    """How old the approval is."""

    def as_json(self) -> dict[str, Any]:
        """Return the same as JSON can say it."""
        covers = ("rows", "labelled", "first", "last", "columns", "fingerprint")
        return {
            "audit": self.audit,
            "approval": asdict(self.approval) if self.approval else None,
            "covers": {name: getattr(self.record, name) for name in covers}
            if self.record
            else None,
            "source": self.source,
            "days": self.days,
        }


def standing_approval(home: Home, file: AuditFile) -> Approved:
    """Return how the approval in force of an audit's baseline stands."""
    audit, folder = file.audit, home.private / file.audit.name
    approval = approval_in_force(home, audit.name)
    return Approved(
        audit=audit.name,
        approval=approval,
        record=_covered(audit, folder, approval) if approval else None,
        source=_source(approval, source_now(audit)),
        days=(clock.now() - datetime.fromisoformat(approval.at)).days if approval else None,
    )


def _covered(audit: Audit, folder: Path, approval: Approval) -> SnapshotRecord | None:
    kept = kept_rows(audit, folder, approval)
    places = [kept] if kept else [place for place, _ in rows_of(folder, approval)]
    return read_snapshot(places[0]) if places else None


def _source(approval: Approval | None, now: SourceNow) -> str:
    if now.digest is None:
        return f"cannot be read: {now.unread}"
    if approval is None:
        return "not approved: audits take it as it is when they first read it"
    if now.digest == approval.digest:
        return (
            "unchanged since" if approval.digest else "only reading it all could tell: approve does"
        )
    return "changed since; audits use the approved rows"

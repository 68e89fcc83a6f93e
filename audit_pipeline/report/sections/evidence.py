"""Fingerprints: what this report was made from, and how anybody can check that."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from audit_pipeline.domain.record import AuditRecord, SnapshotRecord
from audit_pipeline.report.addresses import without_credentials
from audit_pipeline.report.base import ReportInput, Section
from audit_pipeline.report.filling import fill_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """One file and the SHA-256 it had; `where` is None for a file kept by the store."""

    what: str
    sha256: str
    where: str | None = None


def write_evidence(report: ReportInput) -> Markup:
    """Return the fingerprints of data, model and audit file, and the command that checks them."""
    prints = fingerprints(report.record)
    placed = [p for p in prints if p.where and "://" not in p.where]
    commands = [_command(p) for p in placed] or [_command(prints[0])]
    return fill_file(
        "sections/evidence.html",
        prints=prints,
        commands=commands,
        facts=_facts(report.record),
        stages=report.record.stages,
    )


def fingerprints(record: AuditRecord) -> list[Print]:
    """Return every fingerprint the record has, the audit file's first."""
    found = [Print(what="Audit file", sha256=record.audit_file_sha256)]
    if record.model and isinstance(record.model.get("sha256"), str):
        path = record.model.get("path")
        where = str(path) if path else None
        found.append(Print(what="Model", sha256=str(record.model["sha256"]), where=where))
    for whose, snapshot in (("this window", record.snapshot), ("the baseline", record.baseline)):
        if snapshot is None:
            continue
        found.append(Print(what=f"Snapshot of {whose}", sha256=snapshot.fingerprint))
        if snapshot.file_sha256 not in {"", snapshot.fingerprint}:
            found.append(Print(what=_stored(whose, snapshot), sha256=snapshot.file_sha256))
        found += [
            Print(
                what=f"Source of {whose}: {source.role}",
                sha256=source.sha256,
                where=without_credentials(source.location),
            )
            for source in snapshot.sources
        ]
    return found


def _stored(whose: str, snapshot: SnapshotRecord) -> str:
    """Return what the file is that was kept of a snapshot."""
    if snapshot.kept == "sample":
        return f"Reference to the rows of {whose}, which stay where they are, and their sample"
    return f"Snapshot of {whose} as stored, with its predictions"


def _command(p: Print) -> str:
    # sha256sum wants two spaces between digest and name
    wanted = shlex.quote(f"{p.sha256}  {p.where or 'FILE'}")
    return f"printf '%s\\n' {wanted} | sha256sum --check"


def _facts(record: AuditRecord) -> list[tuple[str, str]]:
    snapshot = record.snapshot
    return [
        ("Made", record.created),
        ("Run", record.run_id),
        ("Revision of this window", str(record.revision)),
        ("audit-pipeline", record.version),
        ("Engine", snapshot.engine if snapshot else "none: no snapshot was made"),
        *_model(record.model or {}),
    ]


def _model(model: Mapping[str, object]) -> list[tuple[str, str]]:
    return [
        (f"Model: {name.replace('_', ' ')}", str(value))
        for name, value in sorted(model.items())
        if name not in {"sha256", "path"} and isinstance(value, str | int | float)
    ]


SECTION = Section(title="Evidence: fingerprints", order=90, write=write_evidence)

"""What besides the data differs between two audits, said before their numbers are compared."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from audit_pipeline.domain.record import AuditRecord, SnapshotRecord

SHORT = 12
"""Characters of a SHA-256 that people compare by eye."""
TOLD = 5
"""Versions of the model that one sentence can name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprints:
    """Which rows a baseline is: the SHA-256 of the rows, and those of the tables they are from."""

    rows: str
    tables: tuple[str, ...]

    def is_same(self, other: "Fingerprints") -> bool:
        """Return whether both are the same rows, whatever columns of them were taken.

        The same tables, taken under other settings, are the same rows with other columns. A table
        without a digest, such as a database's, cannot tell.
        """
        alike = bool(self.tables) and all(self.tables) and self.tables == other.tables
        return alike or self.rows == other.rows


def fingerprints(baseline: SnapshotRecord | None) -> Fingerprints | None:
    """Return which rows a baseline is, None if there is none."""
    if baseline is None:
        return None
    tables = tuple(source.sha256 for source in baseline.sources)
    return Fingerprints(rows=baseline.fingerprint, tables=tables)


def same_baseline(before: AuditRecord, after: AuditRecord) -> bool:
    """Return whether two audits were measured against the same rows, or both against none."""
    first, second = fingerprints(before.baseline), fingerprints(after.baseline)
    if first is None or second is None:
        return first is second
    return first.is_same(second)


def doubts(before: AuditRecord, after: AuditRecord) -> Iterator[str]:
    """Yield a sentence for each thing besides the data that differs, the gravest first."""
    if not same_baseline(before, after):
        yield (
            f"The baseline is another ({_baseline(before)}, then {_baseline(after)}): numbers"
            " against the baseline, drift among them, are not comparable, nor are verdicts on a"
            " change from it."
        )
    for found, sentence in _SENTENCES.items():
        first, second = found(before), found(after)
        if first is not None and second is not None and first != second:
            yield sentence.format(first, second)
    yield from _other_versions(before, after)


def _baseline(record: AuditRecord) -> str:
    if record.baseline is None:
        return "none"
    by = f"approval {record.approval.number}" if record.approval else "approved by nobody"
    return f"{by}, fingerprint {record.baseline.fingerprint[:SHORT]}"


def _other_versions(before: AuditRecord, after: AuditRecord) -> Iterator[str]:
    if before.snapshot is None or after.snapshot is None:
        return
    old, new = _versions(before.snapshot), _versions(after.snapshot)
    changed = {
        "new": [name for name in new if name not in old],
        "gone": [name for name in old if name not in new],
    }
    told = [f"{what}: {_listed(names)}" for what, names in changed.items() if names]
    if told:
        yield f"The log names other versions of the model ({'; '.join(told)})."


def _versions(snapshot: SnapshotRecord) -> list[str]:
    return [name for name, version in snapshot.versions.items() if version.together is None]


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - TOLD} more" if len(names) > TOLD else ""
    return ", ".join(map(repr, names[:TOLD])) + more


def _model(record: AuditRecord) -> str:
    return str((record.model or {}).get("sha256") or "none")[:SHORT]


def _predictions(record: AuditRecord) -> str | None:
    said = {"log": "the log", "model": "the pinned model, for the audit", "none": "nowhere"}
    return said[record.snapshot.predictions] if record.snapshot else None


def _file(record: AuditRecord) -> str:
    return record.audit_file_sha256[:SHORT]


def _program(record: AuditRecord) -> str:
    return record.version


def _engine(record: AuditRecord) -> str | None:
    return record.snapshot.engine if record.snapshot else None


_SENTENCES: dict[Callable[[AuditRecord], str | None], str] = {
    _model: "The model file is another (SHA-256 {}, then {}): a difference may be the model's and"
    " not the data's.",
    _predictions: "Predictions came from {}, then from {}.",
    _file: "The audit file was changed (SHA-256 {}, then {}): limits, rules or columns may be"
    " others.",
    _program: "Another version of audit-pipeline measured them ({}, then {}).",
    _engine: "Another engine counted them ({}, then {}): numbers may differ by their stated error"
    " bound for no other reason.",
}

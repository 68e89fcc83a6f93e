"""What keeps the numbers of two audits from being compared, said before they are."""

from collections.abc import Callable, Iterator

from audit_pipeline.domain.record import AuditRecord

SHORT = 12
"""Characters of a SHA-256 that people compare by eye."""


def same_baseline(before: AuditRecord, after: AuditRecord) -> bool:
    """Return whether two audits were measured against the same rows, or both against none."""
    return _baseline_print(before) == _baseline_print(after)


def doubts(before: AuditRecord, after: AuditRecord) -> Iterator[str]:
    """Yield a sentence for each thing besides the data that differs, the gravest first."""
    if not same_baseline(before, after):
        yield (
            f"These two were measured against different baselines ({_baseline(before)}, then"
            f" {_baseline(after)}): numbers against the baseline, drift among them, are not"
            " comparable, nor are verdicts on a change from it."
        )
    for found, sentence in _SENTENCES.items():
        first, second = found(before), found(after)
        if first is not None and second is not None and first != second:
            yield sentence.format(first, second)


def _baseline_print(record: AuditRecord) -> str | None:
    return record.baseline.fingerprint if record.baseline else None


def _baseline(record: AuditRecord) -> str:
    if record.baseline is None:
        return "none"
    of = f"approval {record.approval.number}, " if record.approval else ""
    return f"{of}fingerprint {record.baseline.fingerprint[:SHORT]}"


def _model(record: AuditRecord) -> str:
    return str((record.model or {}).get("sha256") or "none")[:SHORT]


def _versions(record: AuditRecord) -> str | None:
    return ", ".join(sorted(record.snapshot.versions)) or "none" if record.snapshot else None


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
    _versions: "The log names other versions of the model ({}, then {}).",
    _predictions: "Predictions came from {}, then from {}.",
    _file: "The audit file was changed (SHA-256 {}, then {}): limits, rules or columns may be"
    " others.",
    _program: "Another version of audit-pipeline measured them ({}, then {}).",
    _engine: "Another engine counted them ({}, then {}): numbers may differ by their stated error"
    " bound for no other reason.",
}

"""What came before a window: earlier verdicts, and what changed since the last of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from audit_pipeline.domain.record import AuditRecord, PastVerdict, SnapshotRecord
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.stages.revision import AuditRun
from audit_pipeline.stages.versions import TOLD, notes_of
from audit_pipeline.store.approvals import Compared, baselines_compared

SHORT = 12
"""Characters of a SHA-256 that people compare by eye."""
LOOKED_AT = 60
"""Earlier windows whose baselines are looked up: hourly audits have thousands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The audits of earlier windows: their verdicts, and the last of their records."""

    verdicts: tuple[PastVerdict, ...] = ()
    """Oldest first; a window that was compared with another baseline than before is marked."""
    last: Mapping[str, Any] | None = None
    """The last earlier window's record, as JSON."""
    baseline: Compared | None = None
    """What the last earlier window that had a baseline was compared with."""
    compared: Mapping[str, Any] | None = None
    """The record of that window."""


def read_past(run: AuditRun) -> Past:
    """Return what came before the window of a run."""
    name, key = run.audit.name, run.window.key
    latest = {w: (n, v) for w, n, v in run.store.history(name) if w < key}
    known = baselines_compared(run.store.engine, name, list(latest)[-LOOKED_AT:])
    verdicts: list[PastVerdict] = []
    before: Compared | None = None
    compared = ""
    for window, (revision, verdict) in latest.items():
        baseline = known.get((window, revision))
        verdicts.append(
            PastVerdict(
                window=window,
                revision=revision,
                verdict=Verdict(verdict),
                new_baseline=not is_same(before, baseline),
            )
        )
        before, compared = (baseline, window) if baseline else (before, compared)
    return Past(
        verdicts=tuple(verdicts),
        last=_record(run, verdicts[-1].window) if verdicts else None,
        baseline=before,
        compared=_record(run, compared) if compared else None,
    )


def _record(run: AuditRun, window: str) -> Mapping[str, Any]:
    return run.store.sealed(run.audit.name, window)[-1].record


def is_same(before: Compared | None, now: Compared | None) -> bool:
    """Return whether two baselines are of the same rows, or one of them is not known.

    The same tables, taken under other settings, are the same rows with other columns.
    """
    if before is None or now is None or before[0] == now[0]:
        return True
    return before[1] == now[1] and all(now[1])


def has_new_baseline(past: Past, record: AuditRecord) -> bool:
    """Return whether an audit was compared with another baseline than the window before it."""
    return not is_same(past.baseline, _compared(record.baseline))


def changes_since(past: Past, record: AuditRecord) -> Iterator[str]:
    """Yield a sentence for each thing that keeps a window from being compared with the last one."""
    if past.compared is not None and has_new_baseline(past, record):
        yield _other_baseline(past.compared, record)
    if record.snapshot is not None:
        yield from notes_of(record.snapshot.versions)
    if past.last is not None:
        yield from _other_model(past.last, record)
        yield from _other_versions(past.last, record)


def _compared(baseline: SnapshotRecord | None) -> Compared | None:
    if baseline is None:
        return None
    return baseline.fingerprint, tuple(source.sha256 for source in baseline.sources)


def _other_baseline(before: Mapping[str, Any], record: AuditRecord) -> str:
    old = (before.get("approval") or {}).get("number")
    new = record.approval.number if record.approval else None
    first, second = (f"approval {n}" if n else "one that nobody approved" for n in (old, new))
    return (
        f"a new baseline since window {_window(before)} ({second} instead of {first}): numbers"
        " against the baseline are not comparable with earlier windows"
    )


def _other_model(before: Mapping[str, Any], record: AuditRecord) -> Iterator[str]:
    models = (before.get("model") or {}, record.model or {})
    old, new = (str(model.get("sha256") or "")[:SHORT] for model in models)
    if old != new:
        told = f"{new or 'none'} instead of {old or 'none'}"
        yield (
            f"the model file of the audit is another than in window {_window(before)}"
            f" (SHA-256 {told})"
        )


def _other_versions(before: Mapping[str, Any], record: AuditRecord) -> Iterator[str]:
    old = (before.get("snapshot") or {}).get("versions") or {}
    new = record.snapshot.versions if record.snapshot else {}
    if not old or not new or set(old) == set(new):
        return
    changed = [(_listed(new, old), "new"), (_listed(old, new), "gone")]
    told = "; ".join(f"{what}: {names}" for names, what in changed if names)
    yield f"the log names other versions of the model than in window {_window(before)} ({told})"


def _listed(these: Mapping[str, object], those: Mapping[str, object]) -> str:
    names = [name for name in these if name not in those]
    more = f" and {len(names) - TOLD} more" if len(names) > TOLD else ""
    return ", ".join(map(repr, names[:TOLD])) + more


def _window(record: Mapping[str, Any]) -> str:
    return str(record["window"]["key"])

"""What came before a window: earlier verdicts, and what changed since the last of them."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from audit_pipeline.domain.comparability import Fingerprints, doubts, fingerprints
from audit_pipeline.domain.record import AuditRecord, PastVerdict
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.domain.window import in_time
from audit_pipeline.stages.reading import UnreadableRecordError, understood
from audit_pipeline.stages.revision import AuditRun
from audit_pipeline.stages.versions import notes_of
from audit_pipeline.store.approvals import baselines_compared

logger = logging.getLogger(__name__)

KEPT = 60
"""Earlier windows that a record lists: hourly audits have thousands, and the index has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The audits of earlier windows: their verdicts, and the last of their records."""

    verdicts: tuple[PastVerdict, ...] = ()
    """Oldest first; a window that was compared with another baseline than before is marked."""
    last: AuditRecord | None = None
    """The last earlier window's record, None where it cannot be read: the report says so."""
    baseline: Fingerprints | None = None
    """What the last earlier window that had a baseline was compared with."""


def read_past(run: AuditRun) -> Past:
    """Return what came before the window of a run."""
    name, key = run.audit.name, run.window.key
    history = run.store.history(name)
    latest = {w: (n, v) for w, n, v in history if in_time(w) < in_time(key)}
    kept = dict(list(latest.items())[-KEPT:])
    known = baselines_compared(run.store.engine, name, list(kept))
    verdicts: list[PastVerdict] = []
    before: Fingerprints | None = None
    for window, (revision, verdict) in kept.items():
        baseline = known.get((window, revision))
        past = PastVerdict(
            window=window,
            revision=revision,
            verdict=Verdict(verdict),
            new_baseline=_is_new(before, baseline),
        )
        verdicts.append(past)
        before = baseline or before
    last = _record(run, verdicts[-1]) if verdicts else None
    return Past(verdicts=tuple(verdicts), last=last, baseline=before)


def _record(run: AuditRun, past: PastVerdict) -> AuditRecord | None:
    sealed = run.store.sealed(run.audit.name, past.window)
    try:
        return next(understood(s.record) for s in sealed if s.revision == past.revision)
    except UnreadableRecordError as error:
        logger.error("what changed since window %s is not known: %s", past.window, error)  # noqa: TRY400 (its cause quotes values)
        return None


def _is_new(before: Fingerprints | None, now: Fingerprints | None) -> bool:
    """Return whether two baselines are known, and of different rows."""
    return before is not None and now is not None and not before.is_same(now)


def has_new_baseline(past: Past, record: AuditRecord) -> bool:
    """Return whether an audit was compared with another baseline than the window before it.

    A window that had none is passed over.
    """
    return _is_new(past.baseline, fingerprints(record.baseline))


def changes_since(past: Past, record: AuditRecord) -> Iterator[str]:
    """Yield a sentence for each thing that keeps a window from being compared with the last one.

    Or with its baseline: rows held against themselves have not moved.
    """
    now, baseline = record.snapshot, record.baseline
    if now is not None and baseline is not None and now.fingerprint == baseline.fingerprint:
        yield "the baseline is the very rows of this window: drift is nil, and says nothing"
    if past.last is not None:
        yield from doubts(past.last, record)
    if record.snapshot is not None:
        yield from notes_of(record.snapshot.versions)

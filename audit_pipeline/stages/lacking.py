"""What a check is read from, and what of it is lacking before anything is measured."""

from dataclasses import dataclass

from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.check import Check
from audit_pipeline.domain.intersection import intersections
from audit_pipeline.domain.prerequisite import (
    BASELINE,
    LABELS,
    PREDICTIONS,
    ROWS,
    column,
    results_of,
)
from audit_pipeline.domain.record import SnapshotRecord
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.metrics.scopes import (
    CompareCategorical,
    CompareColumns,
    CompareNumeric,
    CompareRelations,
)
from audit_pipeline.profiles.profile import Profile
from audit_pipeline.stages.gathered import counted, missing_column

COMPARISONS = (CompareNumeric, CompareCategorical, CompareColumns, CompareRelations)


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a check was to be read from, and why it is not there."""

    what: Check
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What metrics are read from; a None says why in the snapshot, or was never made."""

    audit: Audit
    snapshot: SnapshotRecord | None
    baseline: Profile | None
    current: Profile | None
    absent: str = "the window has no profile"
    """Why there is no profile of the window, where there is none."""
    no_baseline: str = "it was not profiled"
    """Why there is no profile of the baseline, where there is none."""

    @property
    def unprofiled(self) -> Lacking:
        """What is lacking where there is no profile of the window."""
        return Lacking(ROWS if self.snapshot is None else results_of("profile"), self.absent)

    @property
    def without_baseline(self) -> Lacking:
        """What is lacking where there is no profile of the baseline."""
        reason = f"there is no baseline to compare with: {self.no_baseline}"
        return Lacking(BASELINE, reason)


def lacking_for(evidence: Evidence, check: Check) -> Lacking | None:
    """Return what is lacking where there is nothing to measure, and that is known before."""
    if evidence.current is None:
        return evidence.unprofiled
    if not evidence.current.rows:
        return Lacking(ROWS, _unusable(evidence.current, evidence.snapshot))
    if evidence.baseline is None and isinstance(METRICS[check.name].measure, COMPARISONS):
        return evidence.without_baseline
    return _absent_columns(evidence.audit, evidence.snapshot, check) if evidence.snapshot else None


def _absent_columns(audit: Audit, snapshot: SnapshotRecord, check: Check) -> Lacking | None:
    target, read = audit.columns.target, _columns_read(audit, check)
    if snapshot.unscored and not set(predicted_columns(audit)).isdisjoint(read):
        return Lacking(PREDICTIONS, snapshot.unscored)
    for name in read:
        if name in snapshot.missing_columns:
            return Lacking(column(name), absence(name, snapshot))
    unlabelled = target is not None and target.column in read and not snapshot.labelled
    return Lacking(LABELS, "no row has a label yet") if unlabelled else None


def _unusable(profile: Profile, snapshot: SnapshotRecord | None) -> str:
    if profile.zero_weight:
        return f"all {counted(profile.zero_weight, 'row')} of the window have weight zero"
    return no_rows(snapshot)


def absence(name: str, snapshot: SnapshotRecord) -> str:
    """Return the sentence about a column that is missing from a snapshot."""
    return next(note for note in snapshot.notes if note.startswith(missing_column(name)))


def no_rows(snapshot: SnapshotRecord | None) -> str:
    """Return the sentence about a window without rows."""
    has = f"; the source has {snapshot.sources[0].rows:,}" if snapshot else ""
    return f"the window has no rows{has}"


def predicted_columns(audit: Audit) -> list[str]:
    """Return the columns of what the model said."""
    prediction = audit.columns.prediction
    return [n for n in (prediction.label, prediction.score) if n] if prediction else []


def _columns_read(audit: Audit, check: Check) -> list[str]:
    """Return the columns without which a metric says nothing: its subject, and what it needs."""
    needs: frozenset[str] = getattr(METRICS[check.name].measure, "needs", frozenset())
    columns = audit.columns
    pairs = intersections(columns.groups)
    read: list[str | None] = [*pairs.get(check.subject, [check.subject])]
    if columns.prediction is not None:
        read += [columns.prediction.label] if "predictions" in needs else []
        read += [columns.prediction.score] if "scores" in needs else []
    if columns.target is not None and "labels" in needs:
        read.append(columns.target.column)
    return [name for name in read if name]

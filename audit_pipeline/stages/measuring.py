"""Measure and judge: each planned check ends as exactly one outcome."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.check import Check, Outcome, gap, judge
from audit_pipeline.domain.intersection import intersections
from audit_pipeline.domain.limit import Limit
from audit_pipeline.domain.measurement import Coverage, Measurement
from audit_pipeline.domain.record import SnapshotRecord
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.metrics.base import Reading, TooLittleDataError, UnmeasurableError
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.metrics.scopes import (
    CompareCategorical,
    CompareColumns,
    CompareNumeric,
    CompareRelations,
)
from audit_pipeline.profiles.profile import Profile
from audit_pipeline.stages.gathered import counted, missing_column
from audit_pipeline.stages.missing import said, where
from audit_pipeline.stages.planning import planned_checks, shape_of
from audit_pipeline.store.atomic import canonical_json

logger = logging.getLogger(__name__)

CRASHED = "the metric crashed: "
COMPARISONS = (CompareNumeric, CompareCategorical, CompareColumns, CompareRelations)
OUTCOME = TypeAdapter(Outcome)


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


def measure_asset(evidence: Evidence, asset: str) -> list[Outcome]:
    """Return the outcome of every metric check that `asset` owes."""
    shape = shape_of(evidence.audit, evidence.baseline, evidence.current)
    planned = planned_checks(evidence.audit, shape, asset)
    return [_outcome(evidence, check, limit) for check, limit in planned.items()]


def crashed(outcomes: Mapping[Check, Outcome] | list[Outcome]) -> list[str]:
    """Return the reasons of the outcomes that are gaps because a metric crashed."""
    listed = outcomes.values() if isinstance(outcomes, Mapping) else outcomes
    return [
        f"{o.check.name} of {o.check.subject}: {o.reason}"
        for o in listed
        if o.verdict is Verdict.GAP and o.reason.startswith(CRASHED)
    ]


def _outcome(evidence: Evidence, check: Check, limit: Limit) -> Outcome:
    reason = _nothing_to_measure(evidence, check)
    if reason is not None or evidence.current is None:
        return gap(check, reason or evidence.absent, required=limit.required)
    try:
        return _judged(evidence, check, limit, evidence.current)
    except TooLittleDataError as error:
        return Outcome(
            check=check,
            verdict=Verdict.INCONCLUSIVE,
            reason=str(error),
            required=limit.required,
            limit=limit,
        )
    except UnmeasurableError as error:
        return gap(check, str(error), required=limit.required)
    except Exception as error:  # noqa: BLE001 (one broken metric must not take the others down)
        logger.error("%s of %s crashed\n%s", check.name, check.subject, where(error))  # noqa: TRY400 (its words quote values)
        return gap(check, CRASHED + said(error), required=limit.required)


def _judged(evidence: Evidence, check: Check, limit: Limit, current: Profile) -> Outcome:
    measure = METRICS[check.name].measure
    reading, before = measure.read(check.subject, evidence.baseline, current)
    outcome = judge(check, _measurement(current, check, reading, before), limit)
    if not _finite(outcome):
        raise UnmeasurableError("what came out is no finite number: the values are too large")
    if outcome.verdict is Verdict.GAP and evidence.baseline is None:
        return replace(outcome, reason=_without_baseline(evidence))
    return outcome


def _finite(outcome: Outcome) -> bool:
    """Return whether JSON can say all numbers of an outcome: NaN and infinity it cannot."""
    try:
        canonical_json(OUTCOME.dump_python(outcome, mode="json"))
    except ValueError:
        return False
    return True


def _without_baseline(evidence: Evidence) -> str:
    return f"there is no baseline to compare with: {evidence.no_baseline}"


def _nothing_to_measure(evidence: Evidence, check: Check) -> str | None:
    """Return why there is nothing to measure, where that is known before."""
    if evidence.current is None:
        return evidence.absent
    if not evidence.current.rows:
        return _no_rows(evidence.current, evidence.snapshot)
    if evidence.baseline is None and isinstance(METRICS[check.name].measure, COMPARISONS):
        return _without_baseline(evidence)
    return _absent_columns(evidence.audit, evidence.snapshot, check) if evidence.snapshot else None


def _absent_columns(audit: Audit, snapshot: SnapshotRecord, check: Check) -> str | None:
    target, read = audit.columns.target, _columns_read(audit, check)
    if snapshot.unscored and not set(predicted_columns(audit)).isdisjoint(read):
        return snapshot.unscored
    for name in read:
        if name in snapshot.missing_columns:
            return next(n for n in snapshot.notes if n.startswith(missing_column(name)))
    unlabelled = target is not None and target.column in read and not snapshot.labelled
    return "no row has a label yet" if unlabelled else None


def _no_rows(profile: Profile, snapshot: SnapshotRecord | None) -> str:
    if profile.zero_weight:
        return f"all {counted(profile.zero_weight, 'row')} of the window have weight zero"
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


def _measurement(
    profile: Profile, check: Check, reading: Reading, before: Reading | None
) -> Measurement:
    left_out = dict(reading.left_out)
    if profile.zero_weight:
        left_out["zero weight"] = profile.zero_weight
    return Measurement(
        metric=check.name,
        subject=check.subject,
        value=reading.value,
        interval=reading.interval,
        baseline_value=before.value if before else None,
        baseline_error_bound=before.error_bound if before else 0.0,
        coverage=Coverage(
            rows=reading.rows + profile.zero_weight,
            used=reading.used,
            left_out=left_out,
            engine=profile.engine,
            error_bound=reading.error_bound,
        ),
        detail=reading.detail,
    )

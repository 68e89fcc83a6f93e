"""Measure and judge: each planned check ends as exactly one outcome."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.check import Check, Outcome, gap, judge
from audit_pipeline.domain.limit import Limit
from audit_pipeline.domain.measurement import Coverage, Measurement
from audit_pipeline.domain.record import SnapshotRecord
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.metrics.base import Reading, TooLittleDataError, UnmeasurableError
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.profiles.profile import Profile
from audit_pipeline.stages.missing import said
from audit_pipeline.stages.planning import planned_checks, shape_of

logger = logging.getLogger(__name__)

CRASHED = "the metric crashed: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What metrics are read from; a None says why in the snapshot, or was never made."""

    audit: Audit
    snapshot: SnapshotRecord | None
    baseline: Profile | None
    current: Profile | None
    absent: str = "the window has no profile"
    """Why there is no profile of the window, where there is none."""


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
    measure = METRICS[check.name].measure
    try:
        reading, before = measure.read(check.subject, evidence.baseline, evidence.current)
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
    except Exception as error:  # one broken metric must not take the others down: a gap, and red
        logger.exception("%s of %s crashed", check.name, check.subject)
        return gap(check, CRASHED + said(error), required=limit.required)
    return judge(check, _measurement(evidence.current, check, reading, before), limit)


def _nothing_to_measure(evidence: Evidence, check: Check) -> str | None:
    if evidence.current is None:
        return evidence.absent
    if not evidence.current.rows:
        return "the window has no rows"
    unscored = evidence.snapshot.unscored if evidence.snapshot else None
    needs: frozenset[str] = getattr(METRICS[check.name].measure, "needs", frozenset())
    prediction = evidence.audit.columns.prediction
    predicted = (prediction.label, prediction.score) if prediction else ()
    if unscored and (needs & {"predictions", "scores"} or check.subject in predicted):
        return unscored
    return None


def _measurement(
    profile: Profile, check: Check, reading: Reading, before: float | None
) -> Measurement:
    left_out = dict(reading.left_out)
    if profile.zero_weight:
        left_out["zero weight"] = profile.zero_weight
    return Measurement(
        metric=check.name,
        subject=check.subject,
        value=reading.value,
        interval=reading.interval,
        baseline_value=before,
        coverage=Coverage(
            rows=reading.rows + profile.zero_weight,
            used=reading.used,
            left_out=left_out,
            engine=profile.engine,
            error_bound=reading.error_bound,
        ),
        detail=reading.detail,
    )

"""Measure and judge: each planned check ends as exactly one outcome."""

import logging
from collections.abc import Mapping
from dataclasses import replace

from pydantic import TypeAdapter

from audit_pipeline.domain.check import Check, Outcome, gap, judge
from audit_pipeline.domain.limit import Limit
from audit_pipeline.domain.measurement import Coverage, Measurement
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.metrics.base import Reading, TooLittleDataError, UnmeasurableError
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.profiles.profile import Profile
from audit_pipeline.stages.lacking import Evidence, lacking_for
from audit_pipeline.stages.missing import said, where
from audit_pipeline.stages.planning import planned_checks, shape_of
from audit_pipeline.store.atomic import canonical_json

logger = logging.getLogger(__name__)

CRASHED = "the metric crashed: "
OUTCOME = TypeAdapter(Outcome)


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
    lacking = lacking_for(evidence, check)
    if lacking is not None or evidence.current is None:
        lacking = lacking or evidence.unprofiled
        return gap(check, lacking.reason, required=limit.required, lacks=lacking.what)
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
        lacking = evidence.without_baseline
        return replace(outcome, reason=lacking.reason, lacks=lacking.what)
    return outcome


def _finite(outcome: Outcome) -> bool:
    """Return whether JSON can say all numbers of an outcome: NaN and infinity it cannot."""
    try:
        canonical_json(OUTCOME.dump_python(outcome, mode="json"))
    except ValueError:
        return False
    return True


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

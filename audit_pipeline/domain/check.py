"""A planned check, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from audit_pipeline.domain.limit import Limit
from audit_pipeline.domain.measurement import ONE_ROWS_VALUE, Measurement
from audit_pipeline.domain.verdict import Verdict


class Stage(StrEnum):
    """The five stages of an audit, in the order they run."""

    INGEST = "ingest"
    VALIDATE = "validate"
    DRIFT = "drift"
    EXPLAIN = "explain"
    REPORT = "report"


STAGE_OF: Mapping[str, Stage] = {
    "snapshot": Stage.INGEST,
    "baseline": Stage.INGEST,
    "rule_results": Stage.VALIDATE,
    "profile": Stage.DRIFT,
    "drift": Stage.DRIFT,
    "performance": Stage.DRIFT,
    "fairness": Stage.DRIFT,
    "explanations": Stage.EXPLAIN,
}
"""The stage of each asset that answers checks; whatever else finds something is the report's."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Check:
    """One question the audit promised to answer.

    `asset` is the stage asset that answers it (`rule_results`, `drift`, `performance`,
    `fairness`, `explanations`), `name` the metric or rule, `subject` what it is asked about.
    """

    asset: str
    name: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one check: exactly one verdict, and why.

    `lacks` is what a gap was for want of, where others may need it, too: see `prerequisite`.
    """

    check: Check
    verdict: Verdict
    reason: str
    required: bool = True
    measurement: Measurement | None = None
    limit: Limit | None = None
    lacks: Check | None = None


def gap(check: Check, reason: str, *, required: bool = True, lacks: Check | None = None) -> Outcome:
    """Return the outcome of a check that was planned and not obtained."""
    return Outcome(check=check, verdict=Verdict.GAP, reason=reason, required=required, lacks=lacks)


def judge(check: Check, measurement: Measurement, limit: Limit) -> Outcome:
    """Return the outcome of holding `measurement` to `limit`."""
    verdict, reason = limit.judge(measurement)
    return Outcome(
        check=check,
        verdict=verdict,
        reason=reason,
        required=limit.required,
        measurement=measurement,
        limit=limit,
    )


def publishable(outcome: Outcome) -> Outcome:
    """Return the outcome as it may be handed out: without a number that is one person's."""
    measured = outcome.measurement
    if measured is None or measured.detail.get("value_is") != ONE_ROWS_VALUE:
        return outcome
    return replace(outcome, measurement=None)

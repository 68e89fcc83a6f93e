"""The facets that only we write; `lineage/schemas/` publishes what stands in them.

A facet's key is the name of its schema's file. None of them holds what is not known.
"""

import math
from collections.abc import Mapping
from typing import Any

import attr
from openlineage.client.facet_v2 import RunFacet

from audit_pipeline.domain.check import Outcome, publishable
from audit_pipeline.domain.measurement import Interval, Json, Measurement
from audit_pipeline.lineage.facets.counts import told as tellable
from audit_pipeline.lineage.facets.times import utc
from audit_pipeline.lineage.producer import PRODUCER
from audit_pipeline.lineage.told import ModelFacts, Told

SCHEMAS = "urn:audit-pipeline:schemas:1-0-0"
MODEL = ("sha256", "format")
BASELINE = ("fingerprint", "rows")
APPROVAL = ("number", "digest", "fingerprint", "rows", "by", "at", "reason")


@attr.define(kw_only=True)
class AuditRunFacet(RunFacet):
    """Which audit of which window it was, and by what doubles of the event are known."""

    audit: str
    deliveryKey: str  # noqa: N815 (as OpenLineage writes names)
    asset: str | None = None
    window: dict[str, str] | None = None
    revision: int | None = None
    dagsterRunId: str | None = None  # noqa: N815

    @staticmethod
    def _get_schema() -> str:
        return f"{SCHEMAS}:AuditRunFacet"


@attr.define(kw_only=True)
class ModelRunFacet(RunFacet):
    """Which model was held against which baseline, and what came of it."""

    verdict: str
    metrics: list[dict[str, Any]]
    model: dict[str, Json] | None = None
    baseline: dict[str, Json] | None = None

    @staticmethod
    def _get_schema() -> str:
        return f"{SCHEMAS}:ModelRunFacet"


def audit_run_facet(told: Told) -> AuditRunFacet:
    """Return which audit of which window it was."""
    run, window = told.run, told.run.window
    times = {"start": utc(window.start), "end": utc(window.end)} if window is not None else {}
    return AuditRunFacet(
        audit=run.root_job,
        asset=told.job.asset or None,
        window={"key": window.key, **times} if window is not None else None,
        revision=run.revision,
        dagsterRunId=run.dagster_run or None,
        deliveryKey=told.key,
        producer=PRODUCER,
    )


def model_facet(facts: ModelFacts) -> ModelRunFacet:
    """Return which model was held against which baseline, and each number that came of it."""
    baseline = _chosen(facts.baseline, BASELINE)
    approval = facts.baseline.get("approval") if facts.baseline is not None else None
    if baseline is not None and isinstance(approval, Mapping):
        baseline["approval"] = _chosen(approval, APPROVAL)
    return ModelRunFacet(
        verdict=facts.verdict,
        model=_chosen(facts.model, MODEL),
        baseline=baseline,
        metrics=[_metric(outcome) for outcome in facts.outcomes],
        producer=PRODUCER,
    )


def _chosen(facts: Mapping[str, Json] | None, names: tuple[str, ...]) -> dict[str, Json] | None:
    """Return what is to be told of the facts; where something stands on a disk is not."""
    if facts is None:
        return None
    return {name: facts[name] for name in names if facts.get(name) is not None}


def _metric(outcome: Outcome) -> dict[str, Any]:
    """Return one number, how sure it is, and what it was measured on."""
    check, measured = outcome.check, publishable(outcome).measurement
    said: dict[str, Any] = {
        "asset": check.asset,
        "metric": check.name,
        "subject": check.subject,
        "verdict": outcome.verdict.value,
    }
    return said if measured is None else said | _number(measured)


def _number(measured: Measurement) -> dict[str, Any]:
    coverage = measured.coverage
    found = {
        "value": _finite(measured.value),
        "baselineValue": _finite(measured.baseline_value),
        "interval": _interval(measured.interval),
        "coverage": _set(
            rows=tellable(coverage.rows), used=tellable(coverage.used), method=coverage.method
        ),
    }
    return _set(**found)


def _set(**said: object) -> dict[str, Any]:
    """Return what is known."""
    return {key: value for key, value in said.items() if value is not None}


def _interval(interval: Interval | None) -> dict[str, float] | None:
    if interval is None:
        return None
    low, high = _finite(interval.low), _finite(interval.high)
    return None if low is None or high is None else {"low": low, "high": high}


def _finite(value: float | None) -> float | None:
    """Return a number that JSON knows; of NaN and infinities the verdict tells."""
    return float(value) if value is not None and math.isfinite(value) else None

"""How results look in the Dagster UI: metadata of assets, results of asset checks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.measurement import Json
from audit_pipeline.domain.verdict import Verdict, worst

if TYPE_CHECKING:
    from audit_pipeline.stages.boundary import Ran
    from audit_pipeline.stages.revision import StageResult

Metadata = dict[str, dg.MetadataValue]


def metadata_of(result: "StageResult", ran: "Ran | None" = None) -> Metadata:
    """Return what the UI shows beside a materialization."""
    record = result.record
    shown: Metadata = {
        "status": dg.MetadataValue.text(record.status),
        "seconds": dg.MetadataValue.float(round(record.seconds, 3)),
    }
    if record.reason:
        shown["reason"] = dg.MetadataValue.text(record.reason)
    if ran is not None:
        shown["revision"] = dg.MetadataValue.int(ran.claim.revision)
        if not ran.worked:
            shown["note"] = dg.MetadataValue.text(_left_alone(ran))
    return shown | {name: _value(name, value) for name, value in result.facts.items()}


def check_results(names: Iterable[str], ran: "Ran") -> Iterator[dg.AssetCheckResult]:
    """Yield one result per check: passed if all its columns and groups did."""
    by_name: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in ran.result.outcomes:
        by_name[outcome.check.name].append(outcome)
    for name in names:
        outcomes = by_name[name]
        verdict = worst(outcome.verdict for outcome in outcomes)
        severe = verdict in {Verdict.FAIL, Verdict.GAP}
        reason = ran.result.record.reason or "the stage did not come to it"
        yield dg.AssetCheckResult(
            check_name=name,
            passed=verdict is Verdict.PASS,
            severity=dg.AssetCheckSeverity.ERROR if severe else dg.AssetCheckSeverity.WARN,
            description=_description(outcomes, verdict) if outcomes else reason,
            metadata={"verdict": verdict.value, "subjects": _table(outcomes)},
        )


def _description(outcomes: list[Outcome], verdict: Verdict) -> str:
    telling = [outcome for outcome in outcomes if outcome.verdict is verdict]
    more = f" (and {len(telling) - 1} more)" if len(telling) > 1 else ""
    return f"{verdict.value}: {telling[0].check.subject}{more}: {telling[0].reason}"


def _table(outcomes: list[Outcome]) -> dg.TableMetadataValue:
    records = [
        dg.TableRecord(
            {
                "subject": outcome.check.subject,
                "verdict": outcome.verdict.value,
                "value": outcome.measurement.value if outcome.measurement else None,
                "baseline": outcome.measurement.baseline_value if outcome.measurement else None,
                "coverage": _coverage(outcome),
                "reason": outcome.reason,
            }
        )
        for outcome in outcomes
    ]
    kinds = {"value": "float", "baseline": "float"}
    names = ("subject", "verdict", "value", "baseline", "coverage", "reason")
    columns = [dg.TableColumn(name, kinds.get(name, "string")) for name in names]
    return dg.MetadataValue.table(records, schema=dg.TableSchema(columns=columns))


def _coverage(outcome: Outcome) -> str:
    if outcome.measurement is None:
        return "none"
    coverage = outcome.measurement.coverage
    return f"{coverage.used:,} of {coverage.rows:,} rows"


def _left_alone(ran: "Ran") -> str:
    if ran.claim.state == "in_progress":
        return f"left alone: run {ran.claim.run_id} is auditing this window now"
    return (
        f"already audited as revision {ran.claim.revision}; nothing was done. To audit it again,"
        " tag the run with audit_pipeline/again: true"
    )


def _value(name: str, value: Json) -> dg.MetadataValue:
    if name in {"folder", "report"}:
        return dg.MetadataValue.path(Path(str(value)))
    if isinstance(value, bool):
        return dg.MetadataValue.bool(value)
    if isinstance(value, int):
        return dg.MetadataValue.int(value)
    if isinstance(value, float):
        return dg.MetadataValue.float(value)
    if isinstance(value, Mapping | list):
        return dg.MetadataValue.json(value)
    return dg.MetadataValue.text(str(value))

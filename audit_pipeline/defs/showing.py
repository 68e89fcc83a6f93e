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
    from audit_pipeline.stages.revision import AuditRun, StageResult
    from audit_pipeline.stages.standing import Standing

# ruff: noqa: PLC0415 (late imports: what only a run needs)

Metadata = dict[str, dg.MetadataValue]
EMPTY: tuple[Json, ...] = ([], {}, None)


def metadata_of(result: "StageResult", ran: "Ran | None" = None) -> Metadata:
    """Return what the UI shows beside a materialization: what went wrong, then what was found."""
    record = result.record
    shown: Metadata = {}
    if ran is not None and not ran.worked:
        shown["note"] = dg.MetadataValue.text(_left_alone(ran))
    if record.reason:
        shown["reason"] = dg.MetadataValue.text(record.reason)
    shown |= dict(_fact(name, value) for name, value in result.facts.items() if value not in EMPTY)
    shown["status"] = dg.MetadataValue.text(record.status)
    if record.seconds:
        shown["seconds"] = dg.MetadataValue.float(round(record.seconds, 3))
    if ran is not None:
        shown["revision"] = dg.MetadataValue.int(ran.claim.revision)
    return shown


def verdict_of(standing: "Standing") -> Metadata:
    """Return how the audit ended, for the asset that people look at first."""
    if standing.verdict is None:
        return {}
    told = {
        "verdict": standing.verdict,
        "because": list(standing.headlines),
        "checks": standing.counts,
    }
    return dict(_fact(name, value) for name, value in told.items() if value not in EMPTY)


def report_link(run: "AuditRun", revision: int) -> Metadata:
    """Return the address of a report, where `alerts.yml` says where reports are served."""
    from audit_pipeline.alerts.message import Reports
    from audit_pipeline.audits.alerting_reader import AlertingError, read_alerting

    try:
        alerting = read_alerting(run.home)
    except AlertingError:  # the sensor of alerts says what is wrong
        return {}
    if alerting is None or alerting.report_url is None or revision < 1:
        return {}
    address = Reports(alerting.report_url).address(run.audit.name, run.window.key, revision)
    return {"open": dg.MetadataValue.url(address)}


def check_results(names: Iterable[str], ran: "Ran") -> Iterator[dg.AssetCheckResult]:
    """Yield one result per check: passed if all its columns and groups did."""
    window = ran.claim.window  # a check has no partition: its history tells windows by this alone
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
            description=f"{window}: {_description(outcomes, verdict) if outcomes else reason}",
            metadata={
                "window": dg.MetadataValue.text(window),
                "verdict": dg.MetadataValue.text(verdict.value),
                **_table(outcomes),
            },
        )


def _description(outcomes: list[Outcome], verdict: Verdict) -> str:
    telling = [outcome for outcome in outcomes if outcome.verdict is verdict]
    more = f" (and {len(telling) - 1} more)" if len(telling) > 1 else ""
    return f"{verdict.value}: {telling[0].check.subject}{more}: {telling[0].reason}"


def _table(outcomes: list[Outcome]) -> Metadata:
    """Return one row per column or group, worst first; numbers short, for the evidence has all."""
    if not outcomes:
        return {}
    records = [
        dg.TableRecord(
            {
                "subject": outcome.check.subject,
                "verdict": outcome.verdict.value,
                "value": _short(outcome.measurement.value) if outcome.measurement else None,
                "baseline": (
                    _short(outcome.measurement.baseline_value) if outcome.measurement else None
                ),
                "coverage": _coverage(outcome),
                "reason": outcome.reason,
            }
        )
        for outcome in sorted(outcomes, key=_worse_ones)
    ]
    kinds = {"value": "float", "baseline": "float"}
    names = ("subject", "verdict", "value", "baseline", "coverage", "reason")
    columns = [dg.TableColumn(name, kinds.get(name, "string")) for name in names]
    table = dg.MetadataValue.table(records, schema=dg.TableSchema(columns=columns))
    return {"subjects": table}


def _worse_ones(outcome: Outcome) -> int:
    """Return how many verdicts are worse than this one."""
    mine = outcome.verdict
    return sum(worst((mine, other)) is not mine for other in Verdict)


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")


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


def _counted(counts: Mapping[str, Json]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)


def _fact(name: str, value: Json) -> tuple[str, dg.MetadataValue]:
    """Return a fact as the UI shows it; rows and columns have a place of their own there."""
    if name == "rows" and isinstance(value, int):
        return "dagster/row_count", dg.MetadataValue.int(value)
    if name == "columns" and isinstance(value, Mapping):
        columns = [dg.TableColumn(column, str(kind)) for column, kind in value.items()]
        schema = dg.MetadataValue.table_schema(dg.TableSchema(columns=columns))
        return "dagster/column_schema", schema
    if name == "checks" and isinstance(value, Mapping):
        return name, dg.MetadataValue.text(_counted(value))
    if name in {"folder", "report"}:
        return name, dg.MetadataValue.path(Path(str(value)))
    return name, _value(value)


def _value(value: Json) -> dg.MetadataValue:
    if isinstance(value, list):
        return dg.MetadataValue.md("\n".join(f"* {line}" for line in value))
    if isinstance(value, bool):
        return dg.MetadataValue.bool(value)
    if isinstance(value, int):
        return dg.MetadataValue.int(value)
    if isinstance(value, float):
        return dg.MetadataValue.float(value)
    if isinstance(value, Mapping):
        return dg.MetadataValue.json(value)
    return dg.MetadataValue.text(str(value))

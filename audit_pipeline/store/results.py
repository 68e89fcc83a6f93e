"""The rows that BI tools query: one per verdict, one per measurement."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert

from audit_pipeline.store import schema
from audit_pipeline.store.claims import Claim


def write_results(connection: Connection, held: Claim, record: dict[str, Any]) -> None:
    """Write the verdicts and measurements of a sealed audit, one row each."""
    key = {"audit": held.audit, "window": held.window, "revision": held.revision}
    outcomes: Sequence[dict[str, Any]] = record["outcomes"]
    verdicts = [_verdict_row(outcome) | key for outcome in outcomes]
    measured = [_measurement_row(o["measurement"]) | key for o in outcomes if o["measurement"]]
    if verdicts:
        connection.execute(insert(schema.verdicts), verdicts)
    if measured:
        connection.execute(insert(schema.measurements), measured)


def _verdict_row(outcome: dict[str, Any]) -> dict[str, Any]:
    names = ("verdict", "required", "reason")
    return {**outcome["check"], **{name: outcome[name] for name in names}}


def _measurement_row(measured: dict[str, Any]) -> dict[str, Any]:
    interval, coverage = measured["interval"] or {}, measured["coverage"]
    return {
        **{n: measured[n] for n in ("metric", "subject", "value", "baseline_value")},
        "low": interval.get("low"),
        "high": interval.get("high"),
        "rows": coverage["rows"],
        "rows_used": coverage["used"],
        "error_bound": coverage["error_bound"],
    }

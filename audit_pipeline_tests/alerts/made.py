"""Findings made by hand, in a store, with the alerts about them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from audit_pipeline.domain.check import Check
from audit_pipeline.domain.finding import (
    Change,
    Finding,
    Happened,
    Severity,
    State,
)
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.stages.alerting.writing import write_alerts
from audit_pipeline.store.findings import add_findings, add_history, change_finding
from audit_pipeline.store.store import Store

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def finding(number: int = 1, **changes: object) -> Finding:
    """Return an open finding of high severity."""
    made = Finding(
        number=number,
        audit="loans",
        check=Check(asset="drift", name="population_stability_index", subject=f"income_{number}"),
        owner="lending@example.org",
        severity=Severity.HIGH,
        state=State.OPEN,
        since="2026-03-09",
        opened=NOON,
        window="2026-03-09",
        start=NOON - timedelta(days=1),
        revision=1,
        verdict=Verdict.FAIL,
        reason="0.31 of at most 0.2",
        due=NOON.date() + timedelta(days=7),
    )
    values: dict[str, Any] = dict(changes)
    return replace(made, **values)


def line(of: Finding, change: Change, at: datetime = NOON) -> Happened:
    """Return what happened to a finding."""
    words = f"{of.verdict}: {of.reason}"
    return Happened(change=change, at=at, by="audit-pipeline", words=words, severity=of.severity)


def happen(
    store: Store, *findings: Finding, change: Change = Change.OPENED, at: datetime = NOON
) -> None:
    """Write down what happened to findings and its alerts, in one transaction."""
    told = [(each, line(each, change, at)) for each in findings]
    with store.engine.begin() as connection:
        if change is Change.OPENED:
            add_findings(connection, findings)
        else:
            for each in findings:
                change_finding(connection, each)
        add_history(connection, [(each.number, of) for each, of in told])
        write_alerts(connection, told)

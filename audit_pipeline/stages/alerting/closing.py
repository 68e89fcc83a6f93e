"""End what pagers hold open, once all that it is about is settled."""

from datetime import datetime

from audit_pipeline.alerts.notice import Item, Notice, Why
from audit_pipeline.audits.alerting import Alerting
from audit_pipeline.domain.finding import Finding
from audit_pipeline.stages.alerting.writing import entry_of
from audit_pipeline.store.findings import findings_numbered
from audit_pipeline.store.incidents import Incident, forget_incident, open_incidents
from audit_pipeline.store.outbox import Transaction, add
from audit_pipeline.store.store import Store
from audit_pipeline.store.upsert import digest


def close_incidents(store: Store, settings: Alerting, now: datetime) -> None:
    """Write down the end of each incident of whose findings none is to be dealt with any more."""
    with store.engine.begin() as connection:
        known = open_incidents(connection)
        numbers = {number for of in known.values() for number in of}
        findings = {f.number: f for f in findings_numbered(connection, numbers)}
        for incident, about in known.items():
            told = [findings[number] for number in sorted(about) if number in findings]
            if not any(finding.stands for finding in told):
                _close(connection, incident, told, settings, now)


def _close(
    connection: Transaction,
    incident: Incident,
    told: list[Finding],
    settings: Alerting,
    now: datetime,
) -> None:
    channel, key = incident
    forget_incident(connection, incident)
    if told and channel in settings.channels:
        items = tuple(Item(why=Why.RESOLVED, finding=finding, at=now) for finding in told)
        entry = entry_of(Notice(items=items, closes=key), channel, digest(key, channel, "closes"))
        add(connection, [entry])

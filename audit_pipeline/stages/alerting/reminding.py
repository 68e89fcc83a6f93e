"""Remind of findings that nobody settles, and tell others of those that are overdue."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from audit_pipeline.alerts.notice import Item, Notice, Why
from audit_pipeline.audits.alerting import Alerting, Escalation
from audit_pipeline.domain.finding import Finding, State
from audit_pipeline.stages.alerting.writing import entry_of
from audit_pipeline.stages.deadlines.finding import CHECK as LATE
from audit_pipeline.store.alerting import (
    ESCALATED,
    TOLD,
    Heard,
    last_heard,
    note_heard,
    standing,
)
from audit_pipeline.store.outbox import Transaction, add
from audit_pipeline.store.pauses import all_pauses, is_paused
from audit_pipeline.store.store import Store

A_DAY = timedelta(days=1)


def remind(store: Store, settings: Alerting, now: datetime) -> None:
    """Write down the reminders and escalations that are due: one message for each address."""
    with store.engine.begin() as connection:
        findings = _waited_for(connection)
        escalated = last_heard(connection, ESCALATED)
        if settings.escalate is not None:
            due = _escalations(settings.escalate, findings, escalated, now)
            for channel in settings.escalate.to_env:
                _write(
                    connection, channel, [f for f in findings if due(f, channel)], ESCALATED, now
                )
        if settings.remind_after_days is not None:
            heard = last_heard(connection, TOLD)
            for channel in settings.channels:
                reminded = _reminders(settings, channel, findings, heard, now)
                _write(connection, channel, reminded, TOLD, now)


def _waited_for(transaction: Transaction) -> list[Finding]:
    """Return the findings that stand, without late windows of an audit that is paused by now."""
    pauses = all_pauses(transaction)
    return [
        finding
        for finding in standing(transaction)
        if finding.check != LATE or not is_paused(pauses.get(finding.audit, ()))
    ]


def _write(
    connection: Transaction, channel: str, findings: list[Finding], kind: str, now: datetime
) -> None:
    if not findings:
        return
    why = Why.OVERDUE if kind == ESCALATED else Why.REMINDER
    items = tuple(Item(why=why, finding=finding, at=now) for finding in findings)
    add(connection, [entry_of(Notice(items=items), channel, uuid4().hex)])
    for told in {kind, TOLD}:  # what is escalated is no reminder's any more
        note_heard(connection, channel, [finding.number for finding in findings], told, now)


def _escalations(
    escalate: Escalation, findings: list[Finding], before: Heard, now: datetime
) -> Callable[[Finding, str], bool]:
    """Return what tells whether a finding is escalated to an address: once until resolved."""
    late = {f.number for f in findings if _overdue(f, now, escalate.after_days)}

    def due(finding: Finding, channel: str) -> bool:
        known = (finding.number, channel) in before
        return finding.number in late and escalate.takes(finding) and not known

    return due


def _reminders(
    settings: Alerting, channel: str, findings: list[Finding], heard: Heard, now: datetime
) -> list[Finding]:
    """Return what an address is reminded of: once one is due, with it what soon would be."""
    pause = timedelta(days=settings.remind_after_days or 0)
    routes = settings.routes_to(channel)
    ages = {
        finding.number: _age(heard.get((finding.number, channel), finding.opened), now, pause)
        for finding in findings
        if any(route.takes(finding) for route in routes)
        and (finding.state is State.OPEN or _overdue(finding, now, 0))
    }
    if not any(age >= pause for age in ages.values()):
        return []
    return [f for f in findings if f.number in ages and ages[f.number] >= pause / 2]


def _age(told: datetime, now: datetime, pause: timedelta) -> timedelta:
    """Return for how long somebody was told nothing; a time to come is of a clock set back."""
    return now - told if told < now + A_DAY else pause


def _overdue(finding: Finding, now: datetime, days: int) -> bool:
    return now.date() > finding.due + timedelta(days=days)

"""End what pagers hold open, once all that it is about is settled."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from audit_pipeline.alerts.notice import Item, Notice, Why
from audit_pipeline.audits.alerting import Alerting
from audit_pipeline.domain.finding import Finding
from audit_pipeline.stages.alerting.writing import entry_of
from audit_pipeline.store.findings import findings_numbered, last_change
from audit_pipeline.store.incidents import Incident, forget_incident, open_incidents
from audit_pipeline.store.outbox import Transaction, add
from audit_pipeline.store.store import Store

KEPT = timedelta(days=90)
"""For so long after all of it is settled an incident is told that nobody can end any more."""


NAMED = 5
"""Findings that a sentence names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOpen:
    """What a pager holds open that cannot be told that it is over: `alerts.yml` does not name it.

    `findings` are the numbers of what it is about, `settled` whether none of them stands.
    """

    variable: str
    findings: tuple[int, ...]
    settled: bool

    @property
    def told(self) -> str:
        """What is open, and what to do about it, in sentences."""
        named = ", ".join(map(str, self.findings[:NAMED]))
        more = f" and {len(self.findings) - NAMED:,} more" if len(self.findings) > NAMED else ""
        over = ", of which none stands any more" if self.settled else ""
        return (
            f"the pager behind {self.variable}, which alerts.yml does not name, holds an incident"
            f" open about finding {named}{more}{over}: name the variable in a route again, and"
            " the incident is ended once all of it is settled; or end it there by hand"
        )


def close_incidents(store: Store, settings: Alerting, now: datetime) -> None:
    """Write down the end of each incident of whose findings none is to be dealt with any more.

    One of an address that the file does not name is kept until it does, or somebody must have ended
    it by hand.
    """
    with store.engine.begin() as connection:
        for incident, about in _incidents(connection).items():
            if any(finding.stands for finding in about):
                continue
            if incident[0] in settings.channels or not about:
                _close(connection, incident, about, now)
            elif _is_long_ago(connection, about, now):
                forget_incident(connection, incident)


def left_open(store: Store, named: Collection[str]) -> tuple[LeftOpen, ...]:
    """Return what pagers hold open behind variables other than those that are `named`."""
    with store.engine.connect() as connection:
        known = _incidents(connection)
    return tuple(
        LeftOpen(
            variable=variable,
            findings=tuple(finding.number for finding in about),
            settled=not any(finding.stands for finding in about),
        )
        for (variable, _), about in sorted(known.items(), key=lambda each: each[0])
        if variable not in named
    )


def _incidents(connection: Transaction) -> dict[Incident, list[Finding]]:
    """Return the findings of every incident that is open, as they stand now."""
    known = open_incidents(connection)
    numbers = {number for of in known.values() for number in of}
    findings = {f.number: f for f in findings_numbered(connection, numbers)}
    return {
        incident: [findings[number] for number in sorted(about) if number in findings]
        for incident, about in known.items()
    }


def _is_long_ago(connection: Transaction, about: list[Finding], now: datetime) -> bool:
    last = last_change(connection, [finding.number for finding in about])
    return last is None or now - last > KEPT


def _close(connection: Transaction, incident: Incident, told: list[Finding], now: datetime) -> None:
    channel, key = incident
    forget_incident(connection, incident)
    if told:
        items = tuple(Item(why=Why.RESOLVED, finding=finding, at=now) for finding in told)
        # it may be written again: where its address left the file before it was delivered
        add(connection, [entry_of(Notice(items=items, closes=key), channel, uuid4().hex)])

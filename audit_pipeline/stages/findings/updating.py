"""What an audit does to the findings of its model: opens, continues, resolves them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.check import Check, Outcome
from audit_pipeline.domain.finding import Finding, Happened, Severity, Sighting, severity_of
from audit_pipeline.domain.finding_changes import causes_of, opened, seen
from audit_pipeline.domain.record import AuditRecord
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.stages.alerting.writing import write_alerts
from audit_pipeline.store.engine import number_alone
from audit_pipeline.store.findings import (
    add_findings,
    add_history,
    change_finding,
    findings_of,
    next_number,
)
from audit_pipeline.store.outbox import Transaction

Happening = tuple[Finding, Happened]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The findings of an audit after one of its windows was audited.

    `new` were never seen before; `changed` had something happen to them; `known` are all others,
    some of which were looked at, and stand as they stood.
    """

    new: tuple[Happening, ...]
    changed: tuple[Happening, ...]
    known: tuple[Finding, ...]


def update_findings(
    transaction: Transaction, audit: Audit, record: AuditRecord, at: datetime
) -> Findings:
    """Write down what a sealed audit means to its findings, in the transaction that seals it.

    Every check that did not pass opens or continues the finding of its cause; one that passed
    resolves it. Returns how they stand.
    """
    number_alone(transaction)
    before = findings_of(transaction, audit.name)
    after = findings_after(audit, record, before, at, next_number(transaction))
    add_findings(transaction, [finding for finding, _ in after.new])
    for finding in (*after.known, *(finding for finding, _ in after.changed)):
        if finding != before[finding.check]:
            change_finding(transaction, finding)
    told = [(finding.number, line) for finding, line in (*after.new, *after.changed)]
    add_history(transaction, told)
    write_alerts(transaction, (*after.new, *after.changed))
    return after


def findings_after(
    audit: Audit,
    record: AuditRecord,
    before: Mapping[Check, Finding],
    at: datetime,
    number: int,
) -> Findings:
    """Return how findings stand once an audit is sealed; `number` is that of the first new one.

    A cause that is not asked any more is left as it was: whoever took the check out answers for it.
    """
    sightings = {c: _sighting(record, o, at) for c, o in causes_of(record.outcomes).items()}
    changed: list[Happening] = []
    known: list[Finding] = []
    for check, finding in before.items():
        if check not in sightings:
            known.append(finding)
            continue
        severity, due = _policy(audit, sightings[check])
        after, happened = seen(finding, sightings[check], severity, due)
        if happened is None:
            known.append(after)
        else:
            changed.append((after, happened))
    return Findings(
        new=tuple(_opened(audit, before, sightings, number)),
        changed=tuple(changed),
        known=tuple(known),
    )


def _opened(
    audit: Audit, known: Mapping[Check, Finding], sightings: dict[Check, Sighting], number: int
) -> Iterator[Happening]:
    """Yield the findings of causes that were never seen before."""
    for check, sighting in sorted(sightings.items()):
        if check not in known and sighting.verdict is not Verdict.PASS:
            severity, due = _policy(audit, sighting)
            yield opened(number, sighting, audit.owner, severity, due)
            number += 1


def _policy(audit: Audit, sighting: Sighting) -> tuple[Severity, date]:
    """Return how much a sighting matters, and by when it is to be dealt with."""
    severity = severity_of(sighting.verdict, audit.risk, required=sighting.required)
    return severity, audit.findings.due(severity, sighting.at.date())


def _sighting(record: AuditRecord, outcome: Outcome, at: datetime) -> Sighting:
    return Sighting(
        audit=record.audit,
        check=outcome.check,
        window=record.window.key,
        start=record.window.start,
        revision=record.revision,
        verdict=outcome.verdict,
        required=outcome.required,
        reason=outcome.reason,
        at=at,
    )

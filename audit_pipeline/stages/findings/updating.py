"""What an audit does to the findings of its model: opens, continues, resolves them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from audit_pipeline.audits.audit import Audit
from audit_pipeline.crash_points import CrashPoint, reached
from audit_pipeline.domain.check import Check
from audit_pipeline.domain.finding import (
    Finding,
    Happened,
    Severity,
    Sighting,
    State,
    severity_of,
)
from audit_pipeline.domain.finding_answers import owned
from audit_pipeline.domain.finding_changes import opened, seen, unasked
from audit_pipeline.domain.record import AuditRecord
from audit_pipeline.stages.alerting.writing import write_alerts
from audit_pipeline.stages.findings.sightings import Sightings, passed_later, sightings_in
from audit_pipeline.store.engine import number_alone
from audit_pipeline.store.findings import (
    add_findings,
    add_history,
    change_finding,
    findings_of,
    next_number,
)
from audit_pipeline.store.later import Later, later_audit
from audit_pipeline.store.outbox import Transaction

Happening = tuple[Finding, Happened]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The findings of an audit after one of its windows was audited.

    `new` were never seen before; `changed` had something happen to them, maybe more than one thing;
    `known` are all others, some of which were looked at, and stand as they stood. `past` are new,
    too, and settled already, for an audit of a later window passed before: each is there twice,
    with the line that opens it and the one that resolves it.
    """

    new: tuple[Happening, ...]
    changed: tuple[Happening, ...]
    known: tuple[Finding, ...]
    past: tuple[Happening, ...]


def update_findings(
    transaction: Transaction, audit: Audit, record: AuditRecord, at: datetime
) -> Findings:
    """Write down what a sealed audit means to its findings, in the transaction that seals it.

    Every check that did not pass opens or continues the finding of its cause; one that passed
    resolves it. Checks that lack the same thing have one cause. Returns how they stand.
    """
    number_alone(transaction)
    before = findings_of(transaction, audit.name)
    later = later_audit(transaction, audit.name, record.window.key)
    after = findings_after(audit, record, before, at, later, next_number(transaction))
    add_findings(transaction, _findings((*after.new, *after.past)))
    for finding in (*after.known, *_findings(after.changed)):
        if finding != before[finding.check]:
            change_finding(transaction, finding)
    happened = (*after.new, *after.changed, *after.past)
    add_history(transaction, [(finding.number, line) for finding, line in happened])
    reached(CrashPoint.FINDINGS_WRITTEN)
    write_alerts(transaction, (*after.new, *after.changed))
    return after


def _findings(happenings: tuple[Happening, ...]) -> Iterable[Finding]:
    """Return each finding once, to which one thing happened or more."""
    return {finding.number: finding for finding, _ in happenings}.values()


def findings_after(
    audit: Audit,
    record: AuditRecord,
    before: Mapping[Check, Finding],
    at: datetime,
    later: Later | None = None,
    number: int = 0,
) -> Findings:
    """Return how findings stand once an audit is sealed; `number` is that of the first new one.

    `later` is the newest audit of a later window, if there is one: what passed there is settled.
    """
    sightings = sightings_in(record, before, at)
    changed: list[Happening] = []
    known: list[Finding] = []
    for finding in before.values():
        happened = list(_happened(audit, finding, sightings, at))
        after = happened[-1][0]
        lines = [(after, line) for _, line in happened if line is not None]
        changed += lines
        known += [] if lines else [after]
    opening = list(sightings.opening(before))
    passed = passed_later(later, [sighting.check for sighting in opening])
    new: list[Happening] = []
    past: list[Happening] = []
    for place, sighting in enumerate(opening):
        severity, due = _policy(audit, sighting)
        finding, line = opened(number + place, sighting, audit.owner, severity, due)
        if sighting.check in passed:
            past += _settled(finding, line, replace(passed[sighting.check], at=at))
        else:
            new.append((finding, line))
    return Findings(new=tuple(new), changed=tuple(changed), known=tuple(known), past=tuple(past))


def _happened(
    audit: Audit, finding: Finding, sightings: Sightings, at: datetime
) -> Iterator[tuple[Finding, Happened | None]]:
    """Yield a finding after each thing that happens to it; at least once, as it stands."""
    yield finding, None
    now_owned = owned(finding, audit.owner, at)
    if now_owned is not None:
        finding = now_owned[0]
        yield finding, None if finding.state is State.RESOLVED else now_owned[1]
    sighting, other = sightings.by_cause.get(finding.check), sightings.without(finding)
    if sighting is not None:
        severity, due = _policy(audit, sighting)
        yield seen(finding, sighting, severity, due)
    elif other is not None:
        yield unasked(finding, other) or (finding, None)


def _settled(finding: Finding, line: Happened, passed: Sighting) -> Iterator[Happening]:
    """Yield a new finding of an old window as it was opened, and resolved: by a later audit."""
    settled, resolved = seen(finding, passed, finding.severity, finding.due)
    yield settled, line
    if resolved is not None:
        yield settled, resolved


def _policy(audit: Audit, sighting: Sighting) -> tuple[Severity, date]:
    """Return how much a sighting matters, and by when it is to be dealt with."""
    severity = severity_of(sighting.verdict, audit.risk, required=sighting.required)
    return severity, audit.findings.due(severity, sighting.at.date())

"""What an audit does to the findings of its model: opens, continues, resolves them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from audit_pipeline.audits.alerting import STAGES
from audit_pipeline.audits.audit import Audit
from audit_pipeline.crash_points import CrashPoint, reached
from audit_pipeline.domain.check import Check, Outcome
from audit_pipeline.domain.finding import (
    Finding,
    Happened,
    Severity,
    Sighting,
    State,
    severity_of,
)
from audit_pipeline.domain.finding_answers import owned
from audit_pipeline.domain.finding_changes import causes_of, opened, seen, unasked
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
    resolves it. Returns how they stand.
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
    sightings = {c: _sighting(record, o, at) for c, o in causes_of(record.outcomes).items()}
    changed: list[Happening] = []
    known: list[Finding] = []
    for finding in before.values():
        happened = list(_happened(audit, finding, sightings, at))
        after = happened[-1][0]
        lines = [(after, line) for _, line in happened if line is not None]
        changed += lines
        known += [] if lines else [after]
    new: list[Happening] = []
    past: list[Happening] = []
    for finding, line in _opened(audit, before, sightings, number):
        if later is not None and finding.check in later.passed:
            past += _settled(finding, line, later, sightings[finding.check])
        else:
            new.append((finding, line))
    return Findings(new=tuple(new), changed=tuple(changed), known=tuple(known), past=tuple(past))


def _happened(
    audit: Audit, finding: Finding, sightings: dict[Check, Sighting], at: datetime
) -> Iterator[tuple[Finding, Happened | None]]:
    """Yield a finding after each thing that happens to it; at least once, as it stands."""
    yield finding, None
    now_owned = owned(finding, audit.owner, at)
    if now_owned is not None:
        finding = now_owned[0]
        yield finding, None if finding.state is State.RESOLVED else now_owned[1]
    if finding.check in sightings:
        severity, due = _policy(audit, sightings[finding.check])
        yield seen(finding, sightings[finding.check], severity, due)
    elif finding.check.asset in STAGES and sightings:
        yield unasked(finding, next(iter(sightings.values()))) or (finding, None)


def _opened(
    audit: Audit, known: Mapping[Check, Finding], sightings: dict[Check, Sighting], number: int
) -> Iterator[Happening]:
    """Yield the findings of causes that were never seen before."""
    for check, sighting in sorted(sightings.items()):
        if check not in known and sighting.verdict is not Verdict.PASS:
            severity, due = _policy(audit, sighting)
            yield opened(number, sighting, audit.owner, severity, due)
            number += 1


def _settled(
    finding: Finding, line: Happened, later: Later, sighting: Sighting
) -> Iterator[Happening]:
    """Yield a new finding of an old window as it was opened, and resolved: by a later audit."""
    passed = replace(
        sighting,
        window=later.window,
        start=later.start,
        revision=later.revision,
        verdict=Verdict.PASS,
        reason=f"the audit of {later.window} had passed before",
    )
    settled, resolved = seen(finding, passed, finding.severity, finding.due)
    yield settled, line
    if resolved is not None:
        yield settled, resolved


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

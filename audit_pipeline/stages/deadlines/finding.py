"""The finding of an audit that did not run in time: one, however many windows are late."""

from dataclasses import replace
from datetime import datetime

from audit_pipeline.alerts.words import LATE
from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.check import Check
from audit_pipeline.domain.finding import Finding, Happened, Sighting, State, severity_of
from audit_pipeline.domain.finding_changes import opened, seen
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.domain.window import Window
from audit_pipeline.stages.deadlines.missing import Missing

CHECK = Check(asset=LATE, name="audited_by_deadline", subject="windows")
NAMED = 5
"""Windows that a finding names; of more, their number."""


def finding_after(
    audit: Audit, before: Finding | None, found: Missing, at: datetime, number: int
) -> tuple[Finding, Happened] | None:
    """Return the finding of late windows after a look at them, and what happened to it.

    None if nothing did: what was late before is no news. `number` is that of a new finding.
    """
    if found.newest_due is None:
        return None
    sighting = _sighting(audit, before, found, found.newest_due, at)
    severity = severity_of(sighting.verdict, audit.risk)
    due = audit.findings.due(severity, at.date())
    if before is None:
        new = opened(number, sighting, audit.owner, severity, due) if found.late else None
        return new and (replace(new[0], since=found.late[-1].key), new[1])
    if before.state is State.RESOLVED and not found.late:
        return None
    known = before.reason == sighting.reason and before.severity is severity
    if known and before.state is not State.RESOLVED:
        return None
    after, happened = seen(before, sighting, severity, due)
    if happened is None:
        return None
    anew = before.state is State.RESOLVED
    return (replace(after, since=found.late[-1].key) if anew else after), happened


def late_words(late: tuple[Window, ...]) -> str:
    """Return which windows are late, newest first, in a sentence."""
    named = ", ".join(window.key for window in late[:NAMED])
    more = f" and {len(late) - NAMED} more" if len(late) > NAMED else ""
    are = "1 window is" if len(late) == 1 else f"{len(late)} windows are"
    return f"{are} not audited, and the deadline has passed: {named}{more}"


def _sighting(
    audit: Audit, before: Finding | None, found: Missing, newest: Window, at: datetime
) -> Sighting:
    """Return the look as a check of the newest window that is due: it only ever moves on."""
    moved = before is None or newest.start >= before.start  # else windows were cut anew meanwhile
    return Sighting(
        audit=audit.name,
        check=CHECK,
        window=newest.key if moved or before is None else before.window,
        start=newest.start if moved or before is None else before.start,
        revision=0,
        verdict=Verdict.GAP if found.late else Verdict.PASS,
        required=True,
        reason=late_words(found.late) if found.late else "every window that is due is audited",
        at=at,
    )

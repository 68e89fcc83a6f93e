"""What audits do to findings: each change is a new finding and one line of its history."""

from dataclasses import replace
from datetime import date

from audit_pipeline.domain.check import Check, Outcome
from audit_pipeline.domain.finding import (
    OURSELVES,
    SEVEREST_FIRST,
    Change,
    Finding,
    Happened,
    Severity,
    Sighting,
    State,
)
from audit_pipeline.domain.verdict import WORST_FIRST, Verdict

UNASKED = (
    "the audit has no such check any more: its file does not ask it, or its data has no such"
    " column or group"
)


def seen(
    finding: Finding, sighting: Sighting, severity: Severity, due: date
) -> tuple[Finding, Happened | None]:
    """Return a finding after a check of its cause, and what happened to it, if anything did.

    Audits of earlier windows than the last one looked at change nothing: they tell of the past.
    `severity` and `due` are what they would be if it were opened now.
    """
    if _is_of_the_past(finding, sighting):
        return finding, None
    looked = _looked(finding, sighting)
    if sighting.verdict is Verdict.PASS:
        return _passed(looked, sighting)
    return _again(looked, sighting, severity, due)


def _is_of_the_past(finding: Finding, sighting: Sighting) -> bool:
    same = sighting.window == finding.window
    return sighting.start < finding.start or (same and sighting.revision < finding.revision)


def _looked(finding: Finding, sighting: Sighting) -> Finding:
    return replace(
        finding,
        window=sighting.window,
        start=sighting.start,
        revision=sighting.revision,
        verdict=sighting.verdict,
        reason=sighting.reason,
    )


def _passed(finding: Finding, sighting: Sighting) -> tuple[Finding, Happened | None]:
    if finding.state is State.RESOLVED:
        return finding, None
    resolved = replace(finding, state=State.RESOLVED, until=None)
    return resolved, _came_of(Change.RESOLVED, sighting, finding.severity)


def _again(
    finding: Finding, sighting: Sighting, severity: Severity, due: date
) -> tuple[Finding, Happened]:
    if finding.state is State.RESOLVED:
        anew = replace(
            finding,
            state=State.OPEN,
            since=sighting.window,
            opened=sighting.at,
            severity=severity,
            due=due,
        )
        return anew, _came_of(Change.REOPENED, sighting, severity)
    change = _compared(finding.severity, severity)
    sooner = min(due, finding.due) if change is Change.WORSENED else finding.due
    return replace(finding, severity=severity, due=sooner), _came_of(change, sighting, severity)


def _compared(before: Severity, now: Severity) -> Change:
    if before is now:
        return Change.CONTINUED
    worse = SEVEREST_FIRST.index(now) < SEVEREST_FIRST.index(before)
    return Change.WORSENED if worse else Change.EASED


def opened(
    number: int, sighting: Sighting, owner: str, severity: Severity, due: date
) -> tuple[Finding, Happened]:
    """Return a new finding, and that it was opened."""
    finding = Finding(
        number=number,
        audit=sighting.audit,
        check=sighting.check,
        owner=owner,
        severity=severity,
        state=State.OPEN,
        since=sighting.window,
        opened=sighting.at,
        window=sighting.window,
        start=sighting.start,
        revision=sighting.revision,
        verdict=sighting.verdict,
        reason=sighting.reason,
        due=due,
    )
    return finding, _came_of(Change.OPENED, sighting, severity)


def _came_of(change: Change, sighting: Sighting, severity: Severity) -> Happened:
    return Happened(
        change=change,
        at=sighting.at,
        by=OURSELVES,
        words=f"{sighting.verdict}: {sighting.reason}",
        severity=severity,
        window=sighting.window,
        revision=sighting.revision,
    )


def unasked(finding: Finding, of: Sighting) -> tuple[Finding, Happened] | None:
    """Return a finding of a check that an audit did not make, told once; it goes on as a gap.

    Only a pass resolves: who took a check out brings it back, or has its finding waived. `of` is
    any other check of that audit. None where there is nothing to tell.
    """
    if finding.state is State.RESOLVED or finding.reason == UNASKED or _is_of_the_past(finding, of):
        return None
    gone = replace(of, check=finding.check, verdict=Verdict.GAP, reason=UNASKED)
    return _looked(finding, gone), _came_of(Change.CONTINUED, gone, finding.severity)


def causes_of(outcomes: tuple[Outcome, ...]) -> dict[Check, Outcome]:
    """Return the outcome of each cause: of two of one check the worse."""
    found: dict[Check, Outcome] = {}
    for outcome in outcomes:
        before = found.get(outcome.check)
        if before is None or WORST_FIRST.index(outcome.verdict) < WORST_FIRST.index(before.verdict):
            found[outcome.check] = outcome
    return found

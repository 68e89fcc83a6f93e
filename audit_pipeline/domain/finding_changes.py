"""What happens to findings: each change is a new finding and one line of its history."""

from dataclasses import replace
from datetime import date, datetime

from audit_pipeline.domain.check import Check, Outcome
from audit_pipeline.domain.finding import (
    OURSELVES,
    SEVEREST_FIRST,
    Change,
    Finding,
    FindingError,
    Happened,
    Severity,
    Sighting,
    State,
)
from audit_pipeline.domain.verdict import WORST_FIRST, Verdict


def seen(
    finding: Finding, sighting: Sighting, severity: Severity, due: date
) -> tuple[Finding, Happened | None]:
    """Return a finding after a check of its cause, and what happened to it, if anything did.

    Audits of earlier windows than the last one looked at change nothing: they tell of the past.
    `severity` and `due` are what they would be if it were opened now.
    """
    if sighting.start < finding.start:
        return finding, None
    if sighting.window == finding.window and sighting.revision < finding.revision:
        return finding, None
    looked = replace(
        finding,
        window=sighting.window,
        start=sighting.start,
        revision=sighting.revision,
        verdict=sighting.verdict,
        reason=sighting.reason,
    )
    if sighting.verdict is Verdict.PASS:
        return _passed(looked, sighting)
    return _again(looked, sighting, severity, due)


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


def acknowledged(finding: Finding, by: str, words: str, at: datetime) -> tuple[Finding, Happened]:
    """Return a finding that somebody looks after from now on.

    Raises:
        FindingError: It is waived or resolved.
    """
    if not finding.stands:
        raise FindingError(
            f"finding {finding.number} is {finding.state}: only an open one can be acknowledged"
        )
    done = replace(finding, state=State.ACKNOWLEDGED)
    return done, _done(Change.ACKNOWLEDGED, done, by, words, at)


def waived(
    finding: Finding, by: str, words: str, until: date, at: datetime
) -> tuple[Finding, Happened]:
    """Return a finding that somebody answers for, so that nothing is done about it for a while.

    Raises:
        FindingError: It is resolved; `by` is its owner; the day is past, or no reason is given.
    """
    if finding.state is State.RESOLVED:
        raise FindingError(f"finding {finding.number} is resolved: there is nothing to waive")
    if _same_person(by, finding.owner):
        raise FindingError(
            f"{by} owns finding {finding.number}: somebody else must answer for a waiver"
        )
    if not words.strip():
        raise FindingError("a waiver needs a reason that an examiner can follow")
    if until < at.date():
        raise FindingError(f"{until} is past: a waiver ends on a day to come")
    done = replace(finding, state=State.WAIVED, until=until)
    return done, _done(Change.WAIVED, done, by, f"until {until}: {words}", at)


def expired(finding: Finding, at: datetime) -> tuple[Finding, Happened] | None:
    """Return a finding whose waiver has ended, open again; None if it has not."""
    if finding.state is not State.WAIVED or finding.until is None or at.date() <= finding.until:
        return None
    done = replace(finding, state=State.OPEN, until=None)
    words = f"the waiver ended with {finding.until}"
    return done, _done(Change.EXPIRED, done, OURSELVES, words, at)


def _same_person(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _done(change: Change, finding: Finding, by: str, words: str, at: datetime) -> Happened:
    return Happened(change=change, at=at, by=by, words=words, severity=finding.severity)


def causes_of(outcomes: tuple[Outcome, ...]) -> dict[Check, Outcome]:
    """Return the outcome of each cause: of two of one check the worse."""
    found: dict[Check, Outcome] = {}
    for outcome in outcomes:
        before = found.get(outcome.check)
        if before is None or WORST_FIRST.index(outcome.verdict) < WORST_FIRST.index(before.verdict):
            found[outcome.check] = outcome
    return found

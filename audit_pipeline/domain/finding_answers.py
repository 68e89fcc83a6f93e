"""What people say about findings, and what becomes of that: who looks after one, who waives it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from audit_pipeline.domain.finding import OURSELVES, Change, Finding, FindingError, Happened, State
from audit_pipeline.domain.people import is_somebody, same_person

LONGEST_WAIVER = timedelta(days=366)
"""One without an end in sight is none: somebody is to look at it again."""


def acknowledged(finding: Finding, by: str, words: str, at: datetime) -> tuple[Finding, Happened]:
    """Return a finding that somebody looks after from now on.

    Raises:
        FindingError: It is waived or resolved, or `by` names nobody.
    """
    _need_somebody(by)
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
        FindingError: It is resolved; `by` is its owner, or nobody; the day is past, or more than a
            year away; or no reason is given.
    """
    _need_somebody(by)
    if finding.state is State.RESOLVED:
        raise FindingError(f"finding {finding.number} is resolved: there is nothing to waive")
    if same_person(by, finding.owner):
        raise FindingError(
            f"{by} owns finding {finding.number}: somebody else must answer for a waiver"
        )
    if not is_somebody(words):
        raise FindingError("a waiver needs a reason that an examiner can follow")
    _need_day(until, at)
    done = replace(finding, state=State.WAIVED, until=until)
    return done, _done(Change.WAIVED, done, by, f"until {until}: {words}", at)


def expired(finding: Finding, at: datetime) -> tuple[Finding, Happened] | None:
    """Return a finding whose waiver has ended, open again; None if it has not."""
    if finding.state is not State.WAIVED or finding.until is None or _day(at) <= finding.until:
        return None
    done = replace(finding, state=State.OPEN, until=None)
    words = f"the waiver ended with {finding.until}"
    return done, _done(Change.EXPIRED, done, OURSELVES, words, at)


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def owned(finding: Finding, owner: str, at: datetime) -> tuple[Finding, Happened] | None:
    """Return a finding with its audit's owner of today; None if that is who owns it."""
    if finding.owner == owner:
        return None
    done = replace(finding, owner=owner)
    words = f"{owner} owns it now; before, {finding.owner} did"
    return done, _done(Change.CONTINUED, done, OURSELVES, words, at)


def _need_somebody(by: str) -> None:
    """Raise if a text names nobody, or us: who answers for a finding is a person."""
    if not is_somebody(by) or same_person(by, OURSELVES):
        raise FindingError(f"{by!r} is nobody: say who you are, by name or address")


def _need_day(until: date, at: datetime) -> None:
    """Raise if a day is no last day of a waiver; days end at midnight UTC."""
    today = _day(at)
    if until < today:
        raise FindingError(f"{until} is past, in UTC it is {today}: a waiver ends on a day to come")
    if until > today + LONGEST_WAIVER:
        raise FindingError(
            f"{until} is too far away: a waiver ends within {LONGEST_WAIVER.days} days, by"
            f" {today + LONGEST_WAIVER}; then it is given anew, or the limit is changed"
        )


def _done(change: Change, finding: Finding, by: str, words: str, at: datetime) -> Happened:
    return Happened(change=change, at=at, by=by, words=words, severity=finding.severity)

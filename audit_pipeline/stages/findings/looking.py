"""Look at findings, and say what is done about them."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from audit_pipeline import clock
from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import AuditFileError
from audit_pipeline.crash_points import CrashPoint, reached
from audit_pipeline.domain.finding import (
    OURSELVES,
    SEVEREST_FIRST,
    Finding,
    FindingError,
    Happened,
    Severity,
    State,
    worst_first,
)
from audit_pipeline.domain.finding_answers import acknowledged, expired, waived
from audit_pipeline.stages.alerting.writing import write_alerts
from audit_pipeline.stages.revision import open_store
from audit_pipeline.store.findings import (
    add_history,
    all_findings,
    change_finding,
    finding,
    history_of,
)
from audit_pipeline.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which findings are asked for: all that stand, unless something is said.

    `severity` is the least one that counts.
    """

    audit: str | None = None
    states: frozenset[State] = frozenset({State.OPEN, State.ACKNOWLEDGED})
    severity: Severity = Severity.LOW


def findings_wanted(home: Home, wanted: Wanted) -> list[Finding]:
    """Return the findings asked for, the worst first; waivers that have ended are opened before.

    Raises:
        FindingError: There is no such audit, and there never was a finding of one.
    """
    store = open_store(home.store_url)
    end_waivers(store, clock.now())
    least = SEVEREST_FIRST.index(wanted.severity)
    known = all_findings(store.engine)
    names = {OURSELVES, *home.audit_names(), *(each.audit for each in known)}
    if wanted.audit is not None and wanted.audit not in names:
        there = ", ".join(sorted(names))
        raise FindingError(f"there is no audit {wanted.audit!r}; there are: {there}")
    found = [
        each
        for each in known
        if (wanted.audit is None or each.audit == wanted.audit)
        and each.state in wanted.states
        and SEVEREST_FIRST.index(each.severity) <= least
    ]
    return sorted(found, key=worst_first)


def finding_and_history(home: Home, number: int) -> tuple[Finding, list[Happened]]:
    """Return one finding, and all that happened to it.

    Raises:
        FindingError: There is none of that number.
    """
    store = open_store(home.store_url)
    end_waivers(store, clock.now())
    with store.engine.begin() as connection:
        found = _need(finding(connection, number), number)
    return found, history_of(store.engine, number)


def acknowledge(home: Home, number: int, by: str, words: str) -> Finding:
    """Note that somebody looks after a finding.

    Raises:
        FindingError: There is none of that number, or it is waived or resolved.
    """
    return _do(home, number, lambda found: acknowledged(found, by, words, clock.now()))


def waive(home: Home, number: int, by: str, words: str, until: date) -> Finding:
    """Note that somebody answers for a finding until the end of a day, in UTC.

    Who owns the audit by its file of today may not, nor who did when it was last audited.

    Raises:
        FindingError: There is none of that number, or it cannot be waived so; see `waived`.
    """

    def change(found: Finding) -> tuple[Finding, Happened]:
        now = clock.now()
        owner = _owner_today(home, found.audit) or found.owner
        waived(replace(found, owner=owner), by, words, until, now)  # only to raise
        return waived(found, by, words, until, now)

    return _do(home, number, change)


def _owner_today(home: Home, audit: str) -> str | None:
    """Return who owns an audit by its file; None if there is none, or it cannot be read."""
    from audit_pipeline.stages.vocabulary import (  # noqa: PLC0415 (the whole catalogue)
        UnknownAuditError,
        load_audit_file,
    )

    try:
        return load_audit_file(home, audit).audit.owner
    except (UnknownAuditError, AuditFileError, OSError):
        return None


def end_waivers(store: Store, at: datetime) -> list[tuple[Finding, Happened]]:
    """Open the findings again whose waiver has ended by `at`; return what happened."""
    numbers = [each.number for each in all_findings(store.engine) if expired(each, at)]
    ended = []
    for number in numbers:
        with store.engine.begin() as connection:
            found = finding(connection, number)
            done = expired(found, at) if found is not None else None  # another may have been first
            if done is not None:
                change_finding(connection, done[0])
                add_history(connection, [(number, done[1])])
                reached(CrashPoint.WAIVER_ENDED)
                write_alerts(connection, [done])
                ended.append(done)
    return ended


def as_json(found: Finding, history: list[Happened] | None = None) -> dict[str, Any]:
    """Return a finding as JSON is to say it; with its history where that is given."""
    told: dict[str, Any] = asdict(found) | {"stands": found.stands}
    if history is not None:
        told["history"] = [asdict(line) for line in history]
    return told


def _do(home: Home, number: int, change: Callable[[Finding], tuple[Finding, Happened]]) -> Finding:
    store = open_store(home.store_url)
    end_waivers(store, clock.now())
    with store.engine.begin() as connection:
        after, happened = change(_need(finding(connection, number), number))
        change_finding(connection, after)
        add_history(connection, [(number, happened)])
    return after


def _need(found: Finding | None, number: int) -> Finding:
    if found is None:
        raise FindingError(
            f"there is no finding {number}: audit-pipeline findings list names those there are"
        )
    return found

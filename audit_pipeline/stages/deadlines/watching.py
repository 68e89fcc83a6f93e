"""Look whether every audit ran in time, and write down where one did not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import Home
from audit_pipeline.crash_points import CrashPoint, reached
from audit_pipeline.domain.finding import Finding, Happened
from audit_pipeline.stages.alerting.writing import write_alerts
from audit_pipeline.stages.deadlines.finding import CHECK, finding_after
from audit_pipeline.stages.deadlines.missing import (
    Missing,
    missing,
    windows_counted,
    windows_promised,
)
from audit_pipeline.stages.deadlines.pauses import rests
from audit_pipeline.stages.revision import open_store
from audit_pipeline.store.deadlines import (
    complete_windows,
    watch_since,
    watched_since,
)
from audit_pipeline.store.engine import number_alone, reachable
from audit_pipeline.store.findings import (
    add_findings,
    add_history,
    change_finding,
    finding_of,
    next_number,
)
from audit_pipeline.store.outbox import Transaction
from audit_pipeline.store.pauses import Pauses, all_pauses, is_paused, write_pause
from audit_pipeline.store.store import Store

NO_NUMBER = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What a look at one audit found: its windows, and what happened to its finding."""

    audit: str
    found: Missing
    happened: tuple[Finding, Happened] | None = None


def check_deadlines(home: Home, audits: Iterable[Audit], at: datetime) -> list[Watched]:
    """Return how the windows of audits stand at a time; of a paused one nothing.

    An audit that is late opens or continues its finding, and one that is not resolves it, in one
    transaction. An audit that is seen for the first time counts from `at` on.

    Raises:
        StoreError: The store cannot be used.
    """
    store, audits = open_store(home.store_url), list(audits)
    with reachable():
        pauses = _pauses(store, audits, at)
        looked = [_watch(store, audit, at, pauses.get(audit.name, ())) for audit in audits]
    paused = {audit.name for audit in audits if audit.schedule.paused is not None}
    return [each for each in looked if each.audit not in paused]


def windows_missing(
    transaction: Transaction, audit: Audit, at: datetime, pauses: Pauses
) -> Missing:
    """Return the windows of an audit that are missing at a time; nothing is written."""
    # not after `at`: a clock that was ahead once would let nobody wait until it is right
    since = min(watched_since(transaction, audit.name) or at, at)
    windows, schedule = audit.window.windows, audit.schedule
    counted = windows_counted(windows, since, at)
    hours = schedule.deadline_for(windows.every)
    due = set[str]()
    if hours is not None:
        over = rests(windows, pauses, schedule.catch_up, at)
        promised = windows_promised(counted, windows.every, hours, over)
        counted = tuple(promised)
        due = {window.key for window, until in promised.items() if until <= at}
    audited = complete_windows(transaction, audit.name, [window.key for window in counted])
    return missing(counted, audited, since, due)


def _pauses(store: Store, audits: Iterable[Audit], at: datetime) -> Mapping[str, Pauses]:
    """Return the pauses of all audits, once those are written down that begin or end now."""
    with store.engine.connect() as connection:
        known = all_pauses(connection)
    paused = {audit.name: audit.schedule.paused is not None for audit in audits}
    if not _differing(paused, known):
        return known
    with store.engine.begin() as connection:  # once more: another may have looked meanwhile
        number_alone(connection)
        for name in _differing(paused, all_pauses(connection)):
            write_pause(connection, name, at, paused=paused[name])
        return all_pauses(connection)


def _differing(paused: Mapping[str, bool], known: Mapping[str, Pauses]) -> list[str]:
    """Return the audits that are paused, or go on, and were not when they were last looked at."""
    return [name for name, now in paused.items() if is_paused(known.get(name, ())) is not now]


def _watch(store: Store, audit: Audit, at: datetime, pauses: Pauses) -> Watched:
    with store.engine.begin() as connection:
        found = _look(connection, audit, at, pauses)
        news = watched_since(connection, audit.name) != found.found.settled
    if found.happened is None and not news:
        return found
    with store.engine.begin() as connection:  # once more: a run may have ended meanwhile
        number_alone(connection)
        found = _look(connection, audit, at, pauses, next_number(connection))
        watch_since(connection, audit.name, found.found.settled)
        if found.happened is not None:
            _write(connection, found.happened)
            reached(CrashPoint.LATE_FOUND)
    return found


def _look(
    connection: Transaction, audit: Audit, at: datetime, pauses: Pauses, number: int = NO_NUMBER
) -> Watched:
    found = windows_missing(connection, audit, at, pauses)
    before = finding_of(connection, audit.name, CHECK)
    happened = finding_after(audit, before, found, at, number)
    return Watched(audit=audit.name, found=found, happened=happened)


def _write(connection: Transaction, happened: tuple[Finding, Happened]) -> None:
    finding, line = happened
    if finding_of(connection, finding.audit, CHECK) is None:
        add_findings(connection, [finding])
    else:
        change_finding(connection, finding)
    add_history(connection, [(finding.number, line)])
    write_alerts(connection, [happened])

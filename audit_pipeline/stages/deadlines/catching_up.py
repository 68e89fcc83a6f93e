"""Which windows were missed and are to be audited now, the newest first."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import NamedTuple

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import Home
from audit_pipeline.domain.window import Window, WindowError
from audit_pipeline.stages.deadlines.missing import deadline
from audit_pipeline.stages.deadlines.watching import windows_missing
from audit_pipeline.stages.revision import open_store
from audit_pipeline.store.deadlines import windows_broken_off, working
from audit_pipeline.store.engine import reachable
from audit_pipeline.store.pauses import Pauses, all_pauses
from audit_pipeline.store.store import Store

BEGUN_WITHIN = timedelta(days=7)
"""For so long what was broken off is tried again: Dagster forgets after months what was tried."""


class Missed(NamedTuple):
    """A window of an audit that nobody audited when it was time to."""

    audit: Audit
    window: Window


def missed_windows(home: Home, audits: Iterable[Audit], at: datetime) -> list[Missed]:
    """Return the windows of audits that were missed, newest first, and nobody is auditing now.

    The newest that has ended is left to the clock for as long as it may take its turn; those before
    it had theirs. A window that nobody was owed is missed, too, where its run was killed: of a
    back-fill, mostly. Nothing of a paused audit, nor of one that is run by hand, is missed.

    Raises:
        StoreError: The store cannot be used.
    """
    store = open_store(home.store_url)
    with reachable():
        busy = {(claim.audit, claim.window) for claim in working(store.engine, at) if claim.alive}
        with store.engine.connect() as connection:
            pauses = all_pauses(connection)
            broken_off = windows_broken_off(connection, at - BEGUN_WITHIN)
        found = [
            Missed(audit, window)
            for audit in audits
            if audit.schedule.enabled and audit.schedule.paused is None
            for window in _missed(store, audit, at, pauses.get(audit.name, ()), broken_off)
            if (audit.name, window.key) not in busy
        ]
    return sorted(found, key=lambda each: each.window.end.astimezone(UTC), reverse=True)


def _missed(
    store: Store, audit: Audit, at: datetime, pauses: Pauses, begun: Collection[tuple[str, str]]
) -> Iterator[Window]:
    """Yield what an audit missed of its last windows, then what was `begun` of all others."""
    with store.engine.connect() as connection:
        found = windows_missing(connection, audit, at, pauses)
    near = list(islice(audit.window.windows.ended(at), audit.schedule.catch_up))
    late = {window.key for window in found.late}
    turn = audit.schedule.turn_for(audit.window.every)
    waits = {w.key for w in near[:1] if deadline(w, audit.window.every, turn) > at} - late
    within = {window.key for window in near} - waits
    owed = [window for window in found.open if window.key in within]
    yield from owed
    if audit.schedule.catch_up:
        taken = waits.union(window.key for window in owed)
        yield from _windows(
            audit, (key for name, key in begun if name == audit.name and key not in taken), at
        )


def _windows(audit: Audit, keys: Iterable[str], at: datetime) -> Iterator[Window]:
    for key in keys:
        with suppress(WindowError):  # the audit has windows of another length now
            yield audit.window.windows.window(key, at)

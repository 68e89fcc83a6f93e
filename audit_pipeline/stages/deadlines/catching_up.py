"""Which windows were missed and are to be audited now, the newest first."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import NamedTuple

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import Home
from audit_pipeline.domain.window import Window
from audit_pipeline.stages.deadlines.missing import deadline
from audit_pipeline.stages.deadlines.watching import windows_missing
from audit_pipeline.stages.revision import open_store
from audit_pipeline.store.deadlines import reachable, working
from audit_pipeline.store.pauses import Pauses, all_pauses
from audit_pipeline.store.store import Store


class Missed(NamedTuple):
    """A window of an audit that nobody audited when it was time to."""

    audit: Audit
    window: Window


def missed_windows(home: Home, audits: Iterable[Audit], at: datetime) -> list[Missed]:
    """Return the windows of audits that were missed, newest first, and nobody is auditing now.

    The newest that has ended is left to the clock for as long as it may take its turn; those before
    it had theirs. Nothing of a paused audit, nor of one that is run by hand, is missed.

    Raises:
        StoreError: The store cannot be used.
    """
    store = open_store(home.store_url)
    with reachable():
        busy = {(claim.audit, claim.window) for claim in working(store.engine, at) if claim.alive}
        with store.engine.connect() as connection:
            pauses = all_pauses(connection)
        found = [
            Missed(audit, window)
            for audit in audits
            if audit.schedule.enabled and audit.schedule.paused is None
            for window in _missed(store, audit, at, pauses.get(audit.name, ()))
            if (audit.name, window.key) not in busy
        ]
    return sorted(found, key=lambda each: each.window.end.astimezone(UTC), reverse=True)


def _missed(store: Store, audit: Audit, at: datetime, pauses: Pauses) -> Iterator[Window]:
    """Yield what an audit missed of its last windows."""
    with store.engine.connect() as connection:
        found = windows_missing(connection, audit, at, pauses)
    near = list(islice(audit.window.windows.ended(at), audit.schedule.catch_up))
    late = {window.key for window in found.late}
    turn = audit.schedule.turn_for(audit.window.every)
    waits = {w.key for w in near[:1] if deadline(w, audit.window.every, turn) > at} - late
    within = {window.key for window in near} - waits
    yield from (window for window in found.open if window.key in within)

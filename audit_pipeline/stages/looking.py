"""Look how the sources of one audit stand for the windows that late data may concern."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from audit_pipeline import clock
from audit_pipeline.audits.audit import Audit, Table
from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.domain.window import Window
from audit_pipeline.sources.base import SourceError, State, Wanted
from audit_pipeline.sources.catalog import SOURCES
from audit_pipeline.stages.arrivals import MAIN, Arrival, arrival_of, candidates
from audit_pipeline.stages.landing import asked, roles
from audit_pipeline.stages.missing import said, where
from audit_pipeline.stages.revision import open_store
from audit_pipeline.store.arrivals import Known, known

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a look at one audit's sources saw, and when."""

    audit: Audit
    at: datetime
    arrivals: Sequence[Arrival] = ()
    """Newest window first."""
    known: Known = field(default_factory=lambda: Known(begun=frozenset(), noted={}))
    seconds: float = 0.0
    """How long it took."""
    trouble: str | None = None
    """Why nothing could be seen."""


def look(home: Home, file: AuditFile) -> Looked:
    """Return how the sources of an audit stand; what goes wrong is its own trouble alone."""
    begun = time.monotonic()
    looked = _look(home, file)
    return replace(looked, seconds=time.monotonic() - begun)


def _look(home: Home, file: AuditFile) -> Looked:
    audit, at = file.audit, clock.now()
    try:
        facts = known(open_store(home.store_url).engine, audit.name)
        windows = candidates(audit.window.windows, facts.begun, at, audit.schedule.reopen_windows)
        arrivals = _arrivals(audit, windows, home.private)
        return Looked(audit=audit, at=at, arrivals=arrivals, known=facts)
    except SourceError as error:
        return Looked(audit=audit, at=at, trouble=str(error))
    except Exception as error:  # noqa: BLE001 (one audit's trouble must not keep others waiting)
        logger.error("looking at %s failed\n%s", audit.name, where(error))  # noqa: TRY400 (its words quote values)
        return Looked(audit=audit, at=at, trouble=f"looking at it failed: {said(error)}")


def _arrivals(audit: Audit, windows: Sequence[Window], folder: Path) -> list[Arrival]:
    if not windows:
        return []
    each = [asked(audit, Wanted(folder=folder, window=window)) for window in windows]
    states = {
        role: _states(table, [wanted[role] for wanted in each])
        for role, table in roles(audit.current).items()
    }
    timed = each[0][MAIN].timestamp is not None
    return [
        arrival_of(window, {role: found[n] for role, found in states.items()}, timed=timed)
        for n, window in enumerate(windows)
    ]


def _states(table: Table, wanted: Sequence[Wanted]) -> list[State]:
    """Return how a table stands for each window, newest first.

    A table that is the same for the newest and the oldest is the same for all between: a folder of
    thousands of files is gone through twice, not once for each window.
    """

    def state(of: Wanted) -> State:
        return SOURCES[table.kind].state(table.settings, of)

    newest = state(wanted[0])
    if wanted[-1] == wanted[0]:
        return [newest] * len(wanted)
    oldest = state(wanted[-1])
    if newest == oldest and newest.landed and newest.rows is None:
        return [newest] * len(wanted)
    return [newest, *(state(of) for of in wanted[1:-1]), oldest]

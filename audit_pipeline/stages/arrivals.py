"""Which windows are to be audited because their data has landed, or has changed since.

All of it is decided from how the sources stand now, how they stood when a window was last audited,
and what an earlier look saw. No clock of the files' is trusted: copies keep the times they had.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Literal

from audit_pipeline.domain.window import Window, WindowError, Windows
from audit_pipeline.sources.base import State
from audit_pipeline.store.arrivals import Known, Noted, note
from audit_pipeline.store.atomic import canonical_json, read_json, write_json
from audit_pipeline.store.claims import Claim
from audit_pipeline.store.store import Store

ARRIVAL = "arrival.json"
MAIN = "table"
STILL, STILL_IN_PIECES = 10.0, 60.0
"""Seconds that data must stand still where the audit file does not say: what was seen to change
while it was waited for comes in pieces, and may pause between two of them."""
COMPLETED = "its marker file or watermark, or for the end of a file that is being written"
SHORT = 12
"""Characters of a mark that tell two looks apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How the data of one window stands, of all its tables together."""

    window: Window
    mark: str
    landed: bool
    """Whether the main table has anything for it."""
    complete: bool | None
    """Whether every table that has landed says that it is complete; None where one cannot tell."""
    counted: bool = False
    """Whether the source counted the window's own rows; else there may be none among the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What earlier looks saw of a window that is not audited yet as it is now."""

    mark: str
    since: float
    """When this mark was first seen, in seconds of the epoch."""
    first: float
    """When it was first seen that there is something to wait for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is to be done about a window: nothing, wait, or audit it."""

    act: Literal["nothing", "wait", "audit"]
    why: str = ""
    seen: Seen | None = None


NOTHING = Judgement(act="nothing")


def arrival_of(window: Window, states: Mapping[str, State], *, timed: bool) -> Arrival:
    """Return how a window's data stands, of how each of its tables does, by role.

    `timed` says whether a source could tell the window's rows from others, by their time.
    """
    said = [state.complete for state in states.values() if state.landed]
    return Arrival(
        window=window,
        mark=combined_mark(states),
        landed=states[MAIN].landed,
        complete=False if False in said else None if None in said else True,
        counted=timed and states[MAIN].rows is not None,
    )


def combined_mark(states: Mapping[str, State]) -> str:
    """Return one mark for all tables: it differs when the rows of one may differ."""
    marks = {role: state.mark for role, state in states.items()}
    return hashlib.sha256(canonical_json(marks)).hexdigest()


def candidates(
    windows: Windows, begun: Collection[str], now: datetime, at_most: int
) -> list[Window]:
    """Return the windows worth a look, newest first: those ended that late data may concern.

    None is older than the oldest that was ever `begun`: an audit's history is not made up for
    without being asked. Before the first audit that is the newest window alone.
    """
    newest = list(islice(windows.ended(now), at_most))
    if not newest:
        return []
    if any(_is_older(windows, key, newest[-1], now) for key in begun):
        return newest
    reach = [number for number, window in enumerate(newest) if window.key in begun]
    return newest[: reach[-1] + 1] if reach else newest[:1]


def _is_older(windows: Windows, key: str, than: Window, now: datetime) -> bool:
    try:
        return windows.window(key, now).start.astimezone(UTC) < than.start.astimezone(UTC)
    except WindowError:  # the audit's start or length was changed meanwhile
        return False


def judge(
    arrival: Arrival, known: Known, seen: Seen | None, now: datetime, stable_seconds: float | None
) -> Judgement:
    """Return what is to be done about a window whose data stands like this.

    It is audited once its data differs from what was audited, and is complete: by its own word, or
    because two looks, `stable_seconds` apart, saw the same. Without `stable_seconds`, data
    that came in one piece need not wait as long as data that comes in several.
    """
    noted = known.noted.get(arrival.window.key)
    if not arrival.landed or (noted is not None and noted.mark == arrival.mark):
        return NOTHING
    if noted is None and not arrival.counted and _stood_before_the_end(arrival, known.noted):
        return NOTHING
    seen = _seen(arrival, seen, now.timestamp(), stable_seconds)
    key, waited = arrival.window.key, now.timestamp() - seen.since
    if arrival.complete is False:
        why = f"{key} waits since {_time(seen.first)} for {COMPLETED}"
        return Judgement(act="wait", why=why, seen=seen)
    if arrival.complete is None and waited < _needed(seen, stable_seconds):
        why = f"{key} has new data, last seen to change at {_time(seen.since)}"
        return Judgement(act="wait", why=why, seen=seen)
    return Judgement(act="audit", why=f"{key} has new data", seen=seen)


def _stood_before_the_end(arrival: Arrival, noted: Mapping[str, Noted]) -> bool:
    """Return whether the tables are as they were while the window still ran: its data is to come.

    One file for all windows is there when a window ends, with the rows of those before.
    """
    end = arrival.window.end
    return any(each.mark == arrival.mark and each.at < end for each in noted.values())


def _needed(seen: Seen, stable_seconds: float | None) -> float:
    """Return how long data must stand still, in seconds."""
    if stable_seconds is not None:
        return stable_seconds
    return STILL_IN_PIECES if seen.since > seen.first else STILL


def _seen(arrival: Arrival, before: Seen | None, now: float, stable_seconds: float | None) -> Seen:
    mark = arrival.mark[:SHORT]
    if before is None:
        return Seen(mark=mark, since=now, first=now)
    stood = now - before.since >= _needed(before, stable_seconds)
    if before.mark != mark and stood and arrival.complete is None:  # no piece of what was there
        return Seen(mark=mark, since=now, first=now)
    # a clock that was set back must not make anybody wait for the time it had
    since = min(before.since, now) if before.mark == mark else now
    return Seen(mark=mark, since=since, first=min(before.first, now))


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def keep_mark(folder: Path, states: Mapping[str, State]) -> None:
    """Keep with a snapshot how its sources stood before they were read."""
    write_json(folder / ARRIVAL, {"mark": combined_mark(states)})


def note_mark(store: Store, claim: Claim, folder: Path, now: datetime) -> None:
    """Write down that a window is audited to the end as its sources stood for this snapshot.

    Where they were out of reach there is no mark: the window is looked at again.
    """
    path = folder / ARRIVAL
    if path.exists():
        noted = Noted(read_json(path)["mark"], now)
        note(store.engine, claim.audit, claim.window, noted)

"""What a pause does to deadlines: what comes due in it is owed afterwards, and not all of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from audit_pipeline.domain.window import Window, Windows
from audit_pipeline.store.pauses import Pauses


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A pause as windows see it: of those that ended by its end, those from `reach` on are owed."""

    begun: datetime
    ended: datetime
    reach: datetime


def rests(windows: Windows, pauses: Pauses, catch_up: int, now: datetime) -> tuple[Rest, ...]:
    """Return the pauses of an audit whose last `catch_up` windows are caught up after each.

    One that goes on has lasted until `now`.
    """
    found: list[Rest] = []
    for pause in pauses:
        ended = pause.ended or now
        caught_up = list(islice(windows.ended(ended), catch_up))
        reach = caught_up[-1].start.astimezone(UTC) if caught_up else ended
        found.append(Rest(begun=pause.begun, ended=ended, reach=reach))
    return tuple(found)


def due_after(
    window: Window, due: datetime, hours: float, pauses: Iterable[Rest]
) -> datetime | None:
    """Return by when a window is to be audited that was `due` then, had there been no pause.

    One that came due in a pause has its hours again from the end of the pause on. None: nobody owes
    it any more, for it ended too long before.
    """
    for rest in pauses:
        if due < rest.begun:  # it was late already
            continue
        if window.end <= rest.ended and window.start < rest.reach:
            return None
        due = max(due, rest.ended + timedelta(hours=hours))
    return due

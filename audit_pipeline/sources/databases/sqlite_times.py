"""Times as SQLite keeps them: as text, or as anything else."""

from collections.abc import Callable
from datetime import datetime

from audit_pipeline.domain.window import Window

DAY, LOCAL, ZONED, NO_TIME = 1, 2, 4, 8
LENGTH_OF_A_DAY = 10


class Times:
    """An aggregate of SQLite: which kinds of time a column holds, as a sum of the above."""

    def __init__(self) -> None:
        self.seen = 0

    def step(self, value: object) -> None:
        """Look at one value."""
        if value is None:
            return
        time = as_time(value)
        if time is None:
            self.seen |= NO_TIME
        elif time.tzinfo is not None:
            self.seen |= ZONED
        else:
            self.seen |= DAY if len(str(value)) == LENGTH_OF_A_DAY else LOCAL

    def finalize(self) -> int:
        """Return what was seen."""
        return self.seen


def as_time(value: object) -> datetime | None:
    """Return the time that ISO text says, None of anything else.

    >>> as_time("2024-01-31 12:00")
    datetime.datetime(2024, 1, 31, 12, 0)
    >>> as_time("31.1.2024"), as_time(1706659200)
    (None, None)
    """
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def within(window: Window) -> Callable[[object], bool | None]:
    """Return the function that says whether a time is within `window`, None if it is unreadable.

    One without a zone is a wall time of the window's own zone.
    """
    local = window.start.replace(tzinfo=None), window.end.replace(tzinfo=None)

    def of(value: object) -> bool | None:
        time = as_time(value)
        if time is None:
            return None
        start, end = local if time.tzinfo is None else (window.start, window.end)
        return start <= time < end

    return of


def has_reached(window: Window, value: object) -> bool | None:
    """Return whether a watermark is at the end of `window` or later, None if it is no time."""
    time = as_time(value)
    if time is None:
        return False if value is None else None
    return time >= (window.end.replace(tzinfo=None) if time.tzinfo is None else window.end)

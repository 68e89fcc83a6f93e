"""Which windows of an audit are not audited, and which of them are late.

A window counts if it ended after the audit was first seen: nobody promised those before. It is
audited once a revision of it is sealed and complete, whatever its verdict: a gap because data was
missing is an answer, a stage that crashed is none.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile

from audit_pipeline.domain.window import Every, Window, Windows
from audit_pipeline.stages.deadlines.pauses import Rest, due_after

REACH = 1000
"""Windows back from the newest that are looked at; what is older is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """How the windows of an audit stand, newest first.

    `open` have ended and are not audited; `late` are those of them whose deadline has passed.
    `newest_due` is the newest whose deadline has passed, audited or not. `settled` is the time up
    to which none is missing.
    """

    open: tuple[Window, ...]
    late: tuple[Window, ...]
    newest_due: Window | None
    settled: datetime


def missing(
    counted: Iterable[Window], audited: Collection[str], since: datetime, due: Collection[str]
) -> Missing:
    """Return what is missing of the windows that count, newest first, by the keys audited and due.

    `since` is the time after whose windows were counted.
    """
    counted = tuple(counted)
    left = tuple(window for window in counted if window.key not in audited)
    # windows follow one another: what is before the oldest one left is audited
    settled = [window.start for window in left[-1:]] or [window.end for window in counted[:1]]
    return Missing(
        open=left,
        late=tuple(window for window in left if window.key in due),
        newest_due=next((window for window in counted if window.key in due), None),
        settled=max([since, *settled]).astimezone(UTC),
    )


def windows_counted(windows: Windows, since: datetime, now: datetime) -> tuple[Window, ...]:
    """Return the windows that ended after `since` and by `now`, newest first, never too many.

    None is outside the start and the end of the audit.
    """
    after = takewhile(lambda w: w.end.astimezone(UTC) > since, windows.ended(now))
    return tuple(islice(after, REACH))


def windows_promised(
    counted: Iterable[Window], every: Every, hours: float, pauses: Sequence[Rest]
) -> dict[Window, datetime]:
    """Return the windows that somebody owes, and by when; those that a pause took away are none."""
    promised = {
        window: due_after(window, deadline(window, every, hours), hours, pauses)
        for window in counted
    }
    return {window: due for window, due in promised.items() if due is not None}


def deadline(window: Window, every: Every, hours: float) -> datetime:
    """Return the time by which a window is to be audited, in its own time zone.

    Hours are counted as a clock on the wall does: 6 after a day is 06:00, also where the clock was
    set in between. After a window of an hour they are hours that passed.
    """
    if every is Every.HOUR:
        return (window.end.astimezone(UTC) + timedelta(hours=hours)).astimezone(window.end.tzinfo)
    return window.end + timedelta(hours=hours)

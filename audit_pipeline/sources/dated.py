"""Paths with a date in them: which patterns stand for a window's files, and which for all."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from audit_pipeline.domain.window import Window

DIRECTIVES = re.compile(r"%[YmdH]")
STEPS = ("%H", "%d", "%m", "%Y")


def dated_patterns(path: str, window: Window | None) -> list[str]:
    """Return the patterns that stand for the files of `window`; of all files if there is none.

    A date is one of the window's own time zone. Each step of the path's finest directive that
    begins within the window, or holds its beginning, has a pattern: a path by day has 31 for a
    window of January, and one for a window of an hour.

    >>> dated_patterns("/d/%Y/%m/x-*.csv", None)
    ['/d/[0-9][0-9][0-9][0-9]/[0-9][0-9]/x-*.csv']
    """
    found = DIRECTIVES.findall(path)
    if not found:
        return [path]
    if window is None:
        return [DIRECTIVES.sub(lambda d: "[0-9]" * (4 if d[0] == "%Y" else 2), path)]
    finest = next(step for step in STEPS if step in found)
    names = (_filled(path, moment) for moment in _moments(window, finest))
    return list(dict.fromkeys(names))


def is_dated(path: str) -> bool:
    """Return whether a path names the date of the rows in it."""
    return DIRECTIVES.search(path) is not None


def _filled(path: str, moment: datetime) -> str:
    return DIRECTIVES.sub(lambda directive: moment.strftime(directive[0]), path)


def _moments(window: Window, finest: str) -> Iterator[datetime]:
    """Yield a moment of the window's zone in each step that the window touches."""
    zone, end = window.start.tzinfo, window.end.astimezone(UTC)
    moment = window.start.astimezone(UTC)
    step = timedelta(hours=1) if finest == "%H" else timedelta(days=1)
    while moment < end:
        yield moment.astimezone(zone)
        moment += step
    yield (end - timedelta(microseconds=1)).astimezone(zone)

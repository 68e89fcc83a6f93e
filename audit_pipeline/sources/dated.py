"""Paths with a date in them: which patterns stand for a window's files, and which for all."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from audit_pipeline.domain.window import Window

DIRECTIVES = re.compile(r"%[YmdH%]")
UNKNOWN = re.compile(r"%(.?)", re.DOTALL)
STEPS = ("%H", "%d", "%m", "%Y")
DIGITS = {"%Y": "[0-9]" * 4, "%%": "%"}


def dated_patterns(path: str, window: Window | None) -> list[str]:
    """Return the patterns that stand for the files of `window`; of all files if there is none.

    A date is one of the window's own time zone. Each step of the path's finest directive that
    begins within the window, or holds its beginning, has a pattern: a path by day has 31 for a
    window of January, and one for a window of an hour. `%%` is a percent sign.

    >>> dated_patterns("/d/%Y/%m/x-*.csv", None)
    ['/d/[0-9][0-9][0-9][0-9]/[0-9][0-9]/x-*.csv']
    >>> dated_patterns("/d/100%%.csv", None)
    ['/d/100%.csv']
    """
    found = DIRECTIVES.findall(path)
    if window is None or not is_dated(path):
        return [DIRECTIVES.sub(lambda d: DIGITS.get(d[0], "[0-9]" * 2), path)]
    finest = next(step for step in STEPS if step in found)
    names = (_filled(path, moment) for moment in _moments(window, finest))
    return list(dict.fromkeys(names))


def is_dated(path: str) -> bool:
    """Return whether a path names the date of the rows in it.

    >>> is_dated("/d/%Y.csv"), is_dated("/d/100%%Y.csv")
    (True, False)
    """
    return any(directive != "%%" for directive in DIRECTIVES.findall(path))


def need_known_directives(path: str) -> str:
    """Return a path as it is, if it names dates by the four directives we know only.

    Raises:
        ValueError: It has another, such as `%y`.

    >>> need_known_directives("day=%Y-%m-%d/*.csv")
    'day=%Y-%m-%d/*.csv'
    """
    for found in UNKNOWN.finditer(path.replace("%%", "")):
        if found[0] not in STEPS:
            raise ValueError(
                f"found {found[0]!r} in the path; a date in a path is written with %Y (2024),"
                " %m (01 to 12), %d (01 to 31) and %H (00 to 23), and a percent sign as %%"
            )
    return path


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

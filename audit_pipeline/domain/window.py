"""The stretches of time that audits are about, and the keys they go by."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Every(StrEnum):
    """How long a window is."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


FORMATS = {
    Every.HOUR: "%Y-%m-%dT%H%z",  # the offset tells the two 01:00 of an autumn night apart
    Every.DAY: "%Y-%m-%d",
    Every.WEEK: "%Y-%m-%d",
    Every.MONTH: "%Y-%m",
    Every.YEAR: "%Y",
}
"""Keys are strftime formats, safe as file names. A week goes by its Monday."""

LOCAL = len("2024-10-27T02")
"""Characters of a key before the offset that those of hours carry."""

CRONS = {
    Every.HOUR: "0 * * * *",
    Every.DAY: "0 0 * * *",
    Every.WEEK: "0 0 * * 1",
    Every.MONTH: "0 0 1 * *",
    Every.YEAR: "0 0 1 1 *",
}


class WindowError(ValueError):
    """No such window: the key is malformed, outside the audit's range, or in the future."""


def in_time(key: str) -> tuple[str, int]:
    """Return what to sort keys by, so that windows stand in the order of time.

    Of the two equal hours of a night in which the clock is set back, that of the larger offset
    comes first; as text it may come last.

    >>> sorted(["2024-10-27T02+0100", "2024-10-27T02+0200", "2024-10-26T02+0200"], key=in_time)
    ['2024-10-26T02+0200', '2024-10-27T02+0200', '2024-10-27T02+0100']
    """
    return key[:LOCAL], -int(key[LOCAL:] or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A half-open stretch of time, `start <= t < end`; both carry the audit's time zone."""

    key: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """All windows of an audit: from the first full one at or after `start` to an optional `end`."""

    every: Every
    start: datetime
    end: datetime | None = None
    timezone: str = "UTC"

    def window(self, key: str, now: datetime) -> Window:
        """Return the window that goes by `key`.

        Raises:
            WindowError: The key is malformed, no window begins there, or it has not ended by `now`.
        """
        example = self._key(self._first())
        try:
            start = datetime.strptime(key, FORMATS[self.every])  # noqa: DTZ007 (zone set below)
        except ValueError:
            raise WindowError(
                f"{key!r} is no window of this audit, whose windows are {self.every}s: write it"
                f" like {example!r}"
            ) from None
        start = start.astimezone(self._zone) if start.tzinfo else start.replace(tzinfo=self._zone)
        if self._floor(start) != start:
            nearest = self._key(self._floor(start))
            raise WindowError(f"no {self.every} begins at {key!r}; did you mean {nearest!r}?")
        window = Window(key=self._key(start), start=start, end=self._next(start))
        if _instant(start) < _instant(self._first()) or _instant(window.end) > self._limit():
            last = f" and ends at {self.end.isoformat()}" if self.end else ""
            raise WindowError(f"{key!r} is outside this audit, which begins with {example!r}{last}")
        if window.end > now:
            raise WindowError(
                f"window {key!r} ends at {window.end.isoformat()}, which is in the future: a window"
                " is audited once it has ended"
            )
        return window

    def ended(self, now: datetime) -> Iterator[Window]:
        """Yield the windows that have ended by `now`, newest first."""
        end, first = min(_instant(now), self._limit()), _instant(self._first())
        start = self._floor(end.astimezone(self._zone))
        while _instant(start) >= first:
            window = Window(key=self._key(start), start=start, end=self._next(start))
            if _instant(window.end) <= end:
                yield window
            start = self._floor(self._minus(start))

    def between(self, first: str, last: str | None, now: datetime) -> list[Window]:
        """Return the windows from one key to another, both with it, oldest first.

        Without a `last` they go to the newest that has ended by `now`.

        Raises:
            WindowError: A key is none of a window that has ended, or the last is before the first.
        """
        begin = _instant(self.window(first, now).start)
        end = _instant(self.window(last, now).start) if last is not None else now
        if end < begin:
            raise WindowError(f"{last!r} is before {first!r}: name the older window first")
        within: list[Window] = []
        for window in self.ended(now):
            if _instant(window.start) < begin:
                break
            if _instant(window.start) <= end:
                within.append(window)
        return within[::-1]

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def _limit(self) -> datetime:
        if self.end is None:
            return datetime.max.replace(tzinfo=UTC)
        return _instant(self.end.replace(tzinfo=self._zone))

    def _first(self) -> datetime:
        start = self.start.replace(tzinfo=self._zone)
        floor = self._floor(start)
        return floor if floor == start else self._next(floor)

    def _key(self, start: datetime) -> str:
        return start.strftime(FORMATS[self.every])

    def _floor(self, time: datetime) -> datetime:
        hour = time.replace(minute=0, second=0, microsecond=0)
        if self.every is Every.HOUR:
            return hour
        day = hour.replace(hour=0, fold=0)
        if self.every is Every.WEEK:
            return day - timedelta(days=day.weekday())
        if self.every is Every.MONTH:
            return day.replace(day=1)
        return day.replace(month=1, day=1) if self.every is Every.YEAR else day

    def _next(self, start: datetime) -> datetime:
        if self.every is Every.HOUR:  # elapsed time: an autumn night has its hour twice
            return (start.astimezone(UTC) + timedelta(hours=1)).astimezone(self._zone)
        reach = {Every.DAY: 1, Every.WEEK: 7, Every.MONTH: 32, Every.YEAR: 367}[self.every]
        return self._floor(start + timedelta(days=reach))

    def _minus(self, start: datetime) -> datetime:
        if self.every is Every.HOUR:
            return (start.astimezone(UTC) - timedelta(hours=1)).astimezone(self._zone)
        return start - timedelta(days=1)


def _instant(time: datetime) -> datetime:
    """Return the same instant in UTC: within a zone, Python compares clocks and forgets `fold`."""
    return time.astimezone(UTC)

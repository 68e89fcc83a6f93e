"""The time of a month: a clock that is set and goes on from there, in workers too."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from audit_pipeline.audits.home import Home

OF_NIGHTS, OF_DAYS, OF_THE_END = timedelta(hours=1), timedelta(hours=2), timedelta(hours=3)
"""From one look to the next."""
NIGHT_UTC = (22, 8)
"""Hours of UTC between which most of the data lands."""
DRAINING = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class SimulatedClock:
    """Tells `at`, and the seconds that really passed since it was set: a stopwatch all share."""

    at: datetime
    since: float

    @classmethod
    def set_to(cls, at: datetime) -> "SimulatedClock":
        """Return a clock that tells this time now."""
        return cls(at, time.monotonic())

    def __call__(self) -> datetime:
        """Return what time it is."""
        return self.at + timedelta(seconds=time.monotonic() - self.since)


def ticks(begins: datetime, ends: datetime) -> Iterator[datetime]:
    """Yield when looks are taken, more often at night, and some days after nothing lands."""
    at = begins
    while at < ends + DRAINING:
        yield at
        is_night = at.hour >= NIGHT_UTC[0] or at.hour < NIGHT_UTC[1]
        at += OF_THE_END if at >= ends else OF_NIGHTS if is_night else OF_DAYS


def grow_old(home: Home, now: datetime) -> None:
    """Give what was left behind the time of the simulated clock: files have the machine's."""
    for place in (home.private, home.evidence):
        for left in place.rglob(".*"):
            if left.stat().st_mtime > now.timestamp():
                os.utime(left, (now.timestamp(), now.timestamp()))

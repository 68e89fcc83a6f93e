"""What lands for an audit in a month, and when: late, spoiled, labelled later, changed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from audit_pipeline_tests.month.data import IDS_A_DAY, Landing

LATE, SPOILED, CORRECTED = 0.15, 0.12, 0.15
"""Shares of days whose data comes hours late, begins a bad stretch, or is changed afterwards."""
WEEK = 7


@dataclass(frozen=True, slots=True)
class Days:
    """The days of an audit: how many from the first, in a time zone, and where their files are."""

    folder: Path
    first: date
    many: int
    timezone: str


def daily(days: Days, draw: Random) -> Iterator[Landing]:
    """Yield the rows of each day, all columns: some late, some spoiled for days on end."""
    zone, spoiled, how = ZoneInfo(days.timezone), 0, "good"
    for n in range(days.many):
        start, end = (_midnight(days.first + timedelta(days=n + more), zone) for more in (0, 1))
        hours = draw.randint(3, 40) if draw.random() < LATE else 0
        at = end.astimezone(UTC) + timedelta(hours=hours, minutes=draw.randint(10, 90))
        spoiled = max(0, spoiled - 1)
        if not spoiled:
            spoiled = draw.randint(1, 3) if draw.random() < SPOILED else 0
            how = draw.choice(["shifted", "holes"]) if spoiled else "good"
        path = days.folder / f"{start.date()}.parquet"
        yield Landing(at, path, IDS_A_DAY * (n + 1), start, end, how)


def labels_apart(days: Days, draw: Random) -> Iterator[Landing]:
    """Yield rows without labels, and a file of labels each week: those of one week, days later."""
    week: list[Landing] = []
    for n, rows in enumerate(daily(days, draw)):
        yield replace(rows, columns="unlabelled")
        week.append(rows)
        if len(week) == WEEK or n == days.many - 1:
            at = rows.end.astimezone(UTC) + timedelta(hours=draw.randint(50, 60))
            path = days.folder / "labels" / f"until-{rows.start.date()}.parquet"
            yield replace(week[0], at=at, path=path, columns="labels", days=len(week))
            week = []


def labels_filled_in(days: Days, draw: Random) -> Iterator[Landing]:
    """Yield rows whose labels are null, and the same file with labels a day or two later."""
    for rows in daily(days, draw):
        yield replace(rows, columns="null labels")
        yield from _changed(replace(rows, at=rows.at + _hours(draw, 30, 60)), draw)


def labelled(days: Days, draw: Random) -> Iterator[Landing]:
    """Yield whole rows, some of which are changed afterwards."""
    for rows in daily(days, draw):
        yield from _changed(rows, draw)


def _changed(rows: Landing, draw: Random) -> Iterator[Landing]:
    yield rows
    if draw.random() < CORRECTED:
        kind = "holes" if rows.kind == "good" else "good"
        yield replace(rows, at=rows.at + _hours(draw, 5, 40), kind=kind)


def hourly(folder: Path, begins: datetime, hours: int) -> Iterator[Landing]:
    """Yield the rows of each hour from a time on, in files by the clock of its time zone."""
    start = begins.astimezone(UTC)
    for n in range(hours):
        begin, end = start + timedelta(hours=n), start + timedelta(hours=n + 1)
        path = folder / f"{begin.astimezone(begins.tzinfo):%Y-%m-%dT%H}.parquet"
        yield Landing(end + timedelta(minutes=3), path, IDS_A_DAY * (n + 1), begin, end)


def _hours(draw: Random, least: int, most: int) -> timedelta:
    return timedelta(hours=draw.randint(least, most))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)

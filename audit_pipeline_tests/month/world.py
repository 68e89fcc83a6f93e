"""The home of a month: its audits, and the data that lands for them from day to day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from audit_pipeline.audits.home import Home
from audit_pipeline_tests.month.data import Landing, rows_of, write
from audit_pipeline_tests.month.landings import (
    Days,
    hourly,
    labelled,
    labels_apart,
    labels_filled_in,
)

LAST = date(2026, 3, 31)
"""Every world ends with it: the night of 29 March has 23 hours in Berlin, 8 March in New York."""
BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
KINDS = (labels_apart, labels_filled_in, labelled)
ZONES = (BERLIN, NEW_YORK, BERLIN)
APART, LABELLED = 0, 2
NIGHT = "night"
NIGHT_FROM, NIGHT_TO = datetime(2026, 3, 28, 20), datetime(2026, 3, 29, 8)  # noqa: DTZ001 (of Berlin)
NIGHT_HOURS = 11
"""From 20:00 to 08:00, less the hour that is left out."""
DEADLINES = {"day": 6, "hour": 3}


@dataclass(frozen=True, slots=True)
class World:
    """A home, the first day and the number of days of its daily audits, and all that lands."""

    home: Home
    first: date
    days: int
    names: tuple[str, ...]
    landings: tuple[Landing, ...]

    @property
    def begins(self) -> datetime:
        """When the first look is taken: before any window has ended."""
        return datetime(self.first.year, self.first.month, self.first.day, 4, tzinfo=UTC)

    @property
    def ends(self) -> datetime:
        """When the last window has ended everywhere."""
        return datetime(2026, 4, 1, 5, tzinfo=UTC)


def make_world(folder: Path, audits: int, days: int, draw: Random) -> World:
    """Write a home of so many audits: of days, and one of the hours of the night of the change."""
    home = Home(folder / "home")
    home.audits.mkdir(parents=True)
    first = LAST - timedelta(days=days - 1)
    names = [f"audit_{number:02}" for number in range(audits - 1)]
    begin, end = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (first, LAST))
    write(folder / "data" / "baseline.parquet", rows_of(0, begin, end, "good"))
    landings: list[Landing] = []
    for number, name in enumerate(names):
        kind = number % len(KINDS)
        _audit(home, name, kind, first)
        landings += KINDS[kind](Days(folder / "data" / name, first, days, ZONES[kind]), draw)
    _audit(home, NIGHT, LABELLED, first)
    night = NIGHT_FROM.replace(tzinfo=ZoneInfo(BERLIN))
    landings += hourly(folder / "data" / NIGHT, night, NIGHT_HOURS)
    return World(home, first, days, (*names, NIGHT), tuple(sorted(landings)))


def deadline_hours(name: str) -> int:
    """Return the hours after a window's end by which an audit of it is due."""
    return DEADLINES["hour" if name == NIGHT else "day"]


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def _audit(home: Home, name: str, kind: int, first: date) -> None:
    """Write an audit file: few columns, so that an audit takes half a second."""
    data = f"../../data/{name}"
    hourly = name == NIGHT
    current: dict[str, Any] = {
        "table": {
            "kind": "parquet",
            "path": f"{data}/%Y-%m-%dT%H.parquet" if hourly else f"{data}/%Y-%m-%d.parquet",
        }
    }
    if kind == APART:
        current["labels"] = {"kind": "parquet", "path": f"{data}/labels/*.parquet"}
    window = {
        "every": "hour" if hourly else "day",
        "start": NIGHT_FROM if hourly else first,
        "end": NIGHT_TO if hourly else LAST + timedelta(days=1),
        "timezone": ZONES[kind],
    }
    schedule = {"deadline_hours": deadline_hours(name), "reopen_windows": 10}
    said = {
        "format": 1,
        "name": name,
        "purpose": "Decides on small loans.",
        "owner": "lending@example.org",
        "risk": "high",
        "task": "binary",
        "current": current,
        "baseline": {"table": {"kind": "parquet", "path": "../../data/baseline.parquet"}},
        "columns": {
            "id": "id",
            "timestamp": "at",
            "features": {"income": "numeric", "region": "categorical"},
            "prediction": {"label": "approved", "score": "score"},
            "target": {"column": "repaid", "positive": 1},
        },
        "window": window,
        "schedule": schedule,
    }
    (home.audits / f"{name}.yaml").write_text(yaml.safe_dump(said))


def copy_of(world: World, folder: Path) -> Home:
    """Return a home like a world's as it was before anything ran, with the data as it is now."""
    home = Home(folder / "home")
    home.audits.mkdir(parents=True)
    for file in world.home.audit_paths():
        (home.audits / file.name).write_bytes(file.read_bytes())
    (folder / "data").symlink_to(world.home.path.parent / "data")
    return home

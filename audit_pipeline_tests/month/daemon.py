"""What Dagster's daemon does, as often as it is told to: the product's own schedules and sensors.

They are evaluated on a real instance that keeps the runs in memory. Only the launching of runs is
not Dagster's: whoever asks gets what is to be run.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

import dagster as dg
from dagster._utils.schedules import schedule_execution_time_iterator

from audit_pipeline import clock
from audit_pipeline.audits.home import Home
from audit_pipeline.defs.build import build_definitions
from audit_pipeline.defs.runs import PARTITION_TAG, RECOVERY_TAG

SCHEDULE = "schedule"
ASKING = ("unfinished_audits", "arrivals", "catch_up")


@dataclass(frozen=True, slots=True)
class Asked:
    """A run that is to be: of a window of an audit, whole or only its end; and who asked."""

    by: str
    audit: str
    window: str
    finish: bool
    run: dg.DagsterRun
    at: datetime


class Daemon:
    """Evaluates schedules and sensors, and keeps Dagster's books of the runs they ask for."""

    def __init__(self, home: Home, begins: datetime) -> None:
        self.repository = build_definitions(home).get_repository_def()
        self.instance = dg.DagsterInstance.ephemeral()
        self.ticked: Counter[tuple[str, date]] = Counter()
        """Ticks of each audit's schedule, by the day in its own time zone."""
        self._cursors: dict[str, str | None] = {}
        self._used: set[str] = set()
        self._ticks = {
            schedule.name: schedule_execution_time_iterator(
                begins.timestamp(), schedule.cron_schedule, schedule.execution_timezone
            )
            for schedule in self.repository.schedule_defs
        }
        self._next = {name: next(ticks) for name, ticks in self._ticks.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.instance.dispose()

    def scheduled(self, now: datetime) -> Iterator[Asked]:
        """Yield what the clock asks for; of ticks that were missed the last one alone counts."""
        for schedule in self.repository.schedule_defs:
            at = None
            while self._next[schedule.name] <= now:
                at, self._next[schedule.name] = (
                    self._next[schedule.name],
                    next(self._ticks[schedule.name]),
                )
            if at is None:
                continue
            zone = ZoneInfo(schedule.execution_timezone or "UTC")
            audit = schedule.name.removesuffix("_schedule")
            self.ticked[audit, at.astimezone(zone).date()] += 1
            context = dg.build_schedule_context(
                self.instance, scheduled_execution_time=at, repository_def=self.repository
            )
            done = schedule.evaluate_tick(context)
            yield from (self._begun(SCHEDULE, asked) for asked in done.run_requests or ())

    def sensed(self, name: str) -> Iterator[Asked]:
        """Yield what a sensor asks for; a run key is used once."""
        context = dg.build_sensor_context(
            self.instance, repository_def=self.repository, cursor=self._cursors.get(name)
        )
        done = self.repository.get_sensor_def(name).evaluate_tick(context)
        self._cursors[name] = done.cursor
        for asked in done.run_requests or ():
            if asked.run_key not in self._used:
                self._used |= {asked.run_key} if asked.run_key else set()
                yield self._begun(name, asked)

    def ended(self, asked: Asked, *, well: bool) -> None:
        """Note how a run ended."""
        status = dg.DagsterRunStatus.SUCCESS if well else dg.DagsterRunStatus.FAILURE
        self.instance.delete_run(asked.run.run_id)
        self._keep(asked.run.with_status(status), asked.at)

    def _begun(self, by: str, request: dg.RunRequest) -> Asked:
        """Do what the daemon does with a request, short of starting a process."""
        window = str(request.partition_key)
        run = dg.DagsterRun(
            job_name=str(request.job_name),
            tags=dict(request.tags) | {PARTITION_TAG: window},
            status=dg.DagsterRunStatus.STARTED,
            asset_selection=frozenset(request.asset_selection or ()),
        )
        now = clock.now()
        self._keep(run, now)
        return Asked(by, request.tags["audit"], window, RECOVERY_TAG in request.tags, run, now)

    def _keep(self, run: dg.DagsterRun, at: datetime) -> None:
        """Write a run into Dagster's books, as begun at a time: left alone they ask the machine."""
        self.instance.run_storage.add_historical_run(run, at)

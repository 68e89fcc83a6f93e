"""A month in minutes: a clock that is set, data that lands, the product's own sensors, and faults.

Workers are real processes, and are really killed; who is told is really on the network. Only time
and the launching of runs are not Dagster's.
"""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from audit_pipeline import clock
from audit_pipeline.audits.home import Home
from audit_pipeline.stages.alerting.delivering import deliver
from audit_pipeline.stages.alerting.lanes import Patience
from audit_pipeline.stages.lineage.shipping import ship
from audit_pipeline.stages.revision import open_store
from audit_pipeline.stages.site import write_site
from audit_pipeline.store.alerting import streams_waiting
from audit_pipeline.store.outbox import LINEAGE, waiting_since
from audit_pipeline.store.store import Store
from audit_pipeline_tests.month.books import Books
from audit_pipeline_tests.month.clocks import SimulatedClock, grow_old, ticks
from audit_pipeline_tests.month.daemon import ASKING, SCHEDULE, Asked, Daemon
from audit_pipeline_tests.month.data import land
from audit_pipeline_tests.month.endpoints import Endpoints
from audit_pipeline_tests.month.faults import NEVER, Death, Faults, Stretch
from audit_pipeline_tests.month.happened import Happened, late_audits
from audit_pipeline_tests.month.worker import GAPS, Task
from audit_pipeline_tests.month.workers import Job, Workers
from audit_pipeline_tests.month.world import World

KILLED = -9
HANGING = Patience(message=3)


@dataclass(slots=True)
class Month:
    """A month, while it passes and once it has."""

    world: World
    faults: Faults
    there: Endpoints
    daemon: Daemon
    workers: Workers
    order: Random
    books: Books = field(default_factory=Books)
    happened: Happened = field(default_factory=Happened)
    clock: SimulatedClock = field(default_factory=lambda: SimulatedClock.set_to(datetime.now(UTC)))
    _landed: int = 0
    _was_down: bool = False

    @property
    def home(self) -> Home:
        """Its home."""
        return self.world.home

    @property
    def store(self) -> Store:
        """Its results store."""
        return open_store(self.home.store_url)

    def time(self) -> datetime:
        """Return what time it is in it."""
        return self.clock()

    def pass_by(self) -> None:
        """Let all of it pass, and some quiet days in which what is left comes to its end."""
        begun = time.monotonic()
        day = None
        for at in ticks(self.world.begins, self.world.ends):
            self.clock = SimulatedClock.set_to(max(at, self.clock()) if day else at)
            self._tick(at)
            if at.date() != day:
                self._once_a_day()
                day = at.date()
        self._by_hand()
        self._once_a_day()
        self.happened.seconds = time.monotonic() - begun

    def _tick(self, at: datetime) -> None:
        landings = self.world.landings
        while self._landed < len(landings) and landings[self._landed].at <= at:
            land(landings[self._landed])
            self._landed += 1
        alerts = _manner(self.faults.alerts, at)
        self.there.let_alerts(alerts)
        self.there.let_lineage(_manner(self.faults.lineage, at))
        if _manner(self.faults.daemon, at):
            self._was_down = True
            return
        self._look(at)  # before anything is made up for
        self._audit(at)
        self._deliver(at, alerts)
        self._ship(at)
        self._was_down = False

    def _audit(self, at: datetime) -> None:
        """Run what schedules and sensors ask for, two at a time; some of it is killed."""
        asked = self._asked(at)
        deaths = [self.faults.of_run(each.audit, each.window, at) for each in asked]
        jobs = [self._job(each, death) for each, death in zip(asked, deaths, strict=True)]
        codes = self.workers.run(jobs)
        for each, death, code in zip(asked, deaths, codes, strict=True):
            self.happened.runs[each.by] += 1
            self.daemon.ended(each, well=code == 0)
            if code == KILLED and death is not None:
                self.happened.kills[death.name] += 1
            elif code not in {0, GAPS}:
                self.happened.red.append(f"{each.audit} {each.window}, by {each.by}: {code}")

    def _asked(self, at: datetime) -> list[Asked]:
        """Return what is to be run, of sensors and the clock in any order, in any order."""
        asked: list[Asked] = []
        for name in self.order.sample((SCHEDULE, *ASKING), 1 + len(ASKING)):
            asked += self.daemon.scheduled(at) if name == SCHEDULE else self.daemon.sensed(name)
        self.order.shuffle(asked)
        return asked

    def _job(self, asked: Asked, death: Death | None) -> Job:
        do = "finish" if asked.finish else "audit"
        task = self._task(
            do, death, audit=asked.audit, window=asked.window, run_id=asked.run.run_id
        )
        return Job(task, death.after if death else None)

    def _task(self, do: str, death: Death | None = None, **of: str) -> Task:
        there = dict(os.environ)
        death = death or NEVER
        at, after = death.point, death.passing
        here, now = self.home.path, self.clock
        return Task(do=do, home=here, clock=now, dies_at=at, passing=after, environment=there, **of)

    def _is_killed(self, do: str, death: Death | None) -> bool:
        """Do something in a worker that is to die; return whether it did."""
        if death is None:
            return False
        (code,) = self.workers.run([Job(self._task(do, death))])
        if code == KILLED:
            self.happened.kills[death.name] += 1
        return code == KILLED

    def _look(self, at: datetime) -> None:
        if self._was_down:
            self.happened.late |= late_audits(self.world, self.store, at)
            self._is_killed("look", self.faults.of_look(at))
        list(self.daemon.sensed("deadlines"))

    def _deliver(self, at: datetime, manner: str) -> None:
        waits = bool(streams_waiting(self.store.engine))
        death = self.faults.of_delivery(at) if waits else None
        killed = self._is_killed("deliver", death if manner != "hang" else None)
        if not killed:
            deliver(self.home, 30, clock.now(), patience=HANGING if manner == "hang" else None)
        time.sleep(0.1 if killed else 0)  # what was on its way arrives, or its sender has ended
        heard = self.there.hear()
        if heard and killed:
            self.happened.killed_rounds.add(self.there.round - 1)
        if heard or waits:
            self.books.read_alerts(self.store, self.there.round - 1)

    def _ship(self, at: datetime) -> None:
        waits = waiting_since(self.store.engine, LINEAGE) is not None
        killed = self._is_killed("ship", self.faults.of_shipment(at) if waits else None)
        if not killed:
            ship(self.home, 40)
        self.there.catalogue.end_round(killed=killed)

    def _once_a_day(self) -> None:
        self.books.read(self.store)
        write_site(self.home, clock.now())
        grow_old(self.home, clock.now())

    def _by_hand(self) -> None:
        """Audit every audit's last window once more, days later: it is, and leftovers are swept."""
        later = self.clock() + timedelta(days=2)
        self.clock = SimulatedClock.set_to(later)
        jobs = []
        for name in self.world.names:
            window = self.store.history(name)[-1][0]
            run = f"by-hand-{name}"
            jobs.append(Job(self._task("audit", audit=name, window=window, run_id=run)))
        codes = self.workers.run(jobs)
        self.happened.red += [f"by hand: {code}" for code in codes if code]
        self._look(later)
        self._deliver(later, "")
        self._ship(later)


def _manner(stretches: Sequence[Stretch], at: datetime) -> str:
    return next((each.manner for each in stretches if each.holds(at)), "")

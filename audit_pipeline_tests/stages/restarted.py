"""A home that lives through kills: how it begins, and what production does once it is up again."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import yaml

from audit_pipeline import clock
from audit_pipeline.audits.home import Home
from audit_pipeline.stages import work
from audit_pipeline.stages.deadlines.catching_up import missed_windows
from audit_pipeline.stages.deadlines.watching import check_deadlines
from audit_pipeline.stages.revision import open_store
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline.stages.watching import watch
from audit_pipeline.store.outbox import ALERTS, LINEAGE, tally
from audit_pipeline.store.store import Store
from audit_pipeline_tests.alerts.services import Web, web
from audit_pipeline_tests.lineage.backends import Backend, backend
from audit_pipeline_tests.stages import small
from audit_pipeline_tests.stages.killed import (
    NAME,
    audits,
    claims,
    delivers,
    recovers,
    ships,
    watches,
)

IN_SERVICE = datetime(2024, 1, 15, tzinfo=UTC)
ROWS = 200
ROUNDS = 6
"""After so many looks at what is to be done, nothing may be."""
DUTY = "ALERTS_DUTY"
ROUTES = [{"name": "duty", "to_env": [DUTY], "severity": "low"}]


@dataclass(frozen=True)
class World:
    """A home with one audit of one window, and the services that hear of it."""

    home: Home
    hook: Web
    marquez: Backend

    @property
    def store(self) -> Store:
        """The store of the home."""
        return open_store(self.home.store_url)


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """Begin a home whose window has ended, and is not audited; set the services' addresses."""
    settings = small.settings(
        columns=small.columns(groups=[], features={"income": "numeric"}),
        window={"every": "month", "start": "2024-01-01", "end": "2024-02-01"},
        schedule={"stable_seconds": 0},
    )
    tables = [small.people(ROWS, date(2024, 1, 1), 1), small.people(ROWS, date(2023, 12, 1), 0)]
    home = small.write_home(folder, settings, current=tables[0], baseline=tables[1])
    check_deadlines(home, [load_audit_file(home, NAME).audit], IN_SERVICE)
    with ExitStack() as services:
        begun = World(home, services.enter_context(web()), services.enter_context(backend()))
        said = {"routes": ROUTES, "remind_after_days": None, "findings_shown": 50}
        (folder / "alerts.yml").write_text(yaml.safe_dump(said))
        to = {"transport": {"type": "http", "url": begun.marquez.url}}
        (folder / "openlineage.yml").write_text(yaml.safe_dump(to))
        before = os.environ.get(DUTY)
        os.environ[DUTY] = begun.hook.url
        try:
            yield begun
        finally:
            os.environ.pop(DUTY) if before is None else os.environ.update({DUTY: before})


def new_rows(home: Home) -> None:
    """Let the window's table hold other rows than before."""
    pq.write_table(small.people(ROWS + 20), home.path / "current.parquet")


def restart(home: Home) -> None:
    """Do what production does by itself, until nothing is left to be done; then tell of it."""
    watches(home)
    for _ in range(ROUNDS):
        if not _finish(home) and not _make_up(home):
            break
    else:
        raise AssertionError("there was always more to be done")
    with later(timedelta(hours=2)):  # by then, nobody who died holds anything
        watches(home)
        tell(home)
    with later(timedelta(days=2)):  # the next audit sweeps
        claims(home)
        tell(home)


def _finish(home: Home) -> bool:
    """Do as the sensor `unfinished_audits` does; return whether there was anything."""
    left = work.abandoned(home, [load_audit_file(home, NAME).audit])
    for _ in left:
        recovers(home)
    return bool(left)


def _make_up(home: Home) -> bool:
    """Do as the sensors of arrivals and of missed windows do; return whether there was anything."""
    file = load_audit_file(home, NAME)
    due = watch(home, [file], None, 10).due
    missed = missed_windows(home, [file.audit], clock.now())
    if due or missed:
        audits(home)
    return bool(due or missed)


def tell(home: Home) -> None:
    """Deliver alerts and events until none waits."""
    engine = open_store(home.store_url).engine
    for channel, deliver in ((ALERTS, delivers), (LINEAGE, ships)):
        said = [deliver(home)]
        while tally(engine, channel).waiting:
            assert len(said) < ROUNDS, f"{channel}: {said[-1]}"
            said.append(deliver(home))


@contextmanager
def later(by: timedelta) -> Iterator[None]:
    """Let it be later than it is."""
    with clock.told_by(lambda: datetime.now(UTC) + by):
        yield

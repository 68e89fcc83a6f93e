"""Lineage runs that began and did not end: what a crash leaves behind, until somebody ends it."""

import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, RowMapping, delete, insert, select

from audit_pipeline import clock
from audit_pipeline.store.claims import OPEN
from audit_pipeline.store.lineage_tables import lineage_runs
from audit_pipeline.store.owner import Owner
from audit_pipeline.store.schema import claims

LONGEST = timedelta(hours=4)
"""A run on another machine that holds no claim counts as dead after so long; Dagster agrees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRun:
    """A run that began: `start` is its first event, as JSON; `root` the run it is part of."""

    lineage_run: str
    root: str
    audit: str
    window: str
    start: bytes


def begin(connection: Connection, run: OpenRun, owner: Owner) -> bool:
    """Note that a run began, inside the caller's transaction; return False if it was noted."""
    known = select(lineage_runs.c.lineage_run)
    if connection.execute(known.where(lineage_runs.c.lineage_run == run.lineage_run)).first():
        return False
    values = asdict(run) | asdict(owner)
    values |= {"start": zlib.compress(run.start, level=1), "begun": clock.now()}
    connection.execute(insert(lineage_runs).values(**values))
    return True


def end(connection: Connection, lineage_run: str) -> bool:
    """Note that a run ended, inside the caller's transaction; return False if it was not open."""
    query = delete(lineage_runs).where(lineage_runs.c.lineage_run == lineage_run)
    return bool(connection.execute(query).rowcount)


def left_open(engine: Engine) -> list[OpenRun]:
    """Return the runs whose process ended before they did: those of a stage before their root's."""
    now = clock.now()
    with engine.connect() as connection:
        rows = connection.execute(select(lineage_runs)).mappings().all()
        beats = dict(_beats(connection))
    dead = [row for row in rows if not _is_alive(row, beats.get(row["run_id"]), now)]
    return sorted(map(_open, dead), key=lambda run: run.lineage_run == run.root)


def _beats(connection: Connection) -> Iterator[tuple[str, datetime]]:
    query = select(claims.c.run_id, claims.c.beat).where(claims.c.state.in_(OPEN))
    for row in connection.execute(query):
        yield row.run_id, row.beat.replace(tzinfo=row.beat.tzinfo or UTC)


def _is_alive(row: RowMapping, beat: datetime | None, now: datetime) -> bool:
    owner = Owner(**{name: row[name] for name in ("run_id", "host", "pid", "pid_started")})
    begun = row["begun"].replace(tzinfo=row["begun"].tzinfo or UTC)
    heard_of = beat or (now if now - begun < LONGEST else begun)
    return owner.is_alive(heard_of, now)


def _open(row: RowMapping) -> OpenRun:
    names = ("lineage_run", "root", "audit", "window")
    return OpenRun(**{name: row[name] for name in names}, start=zlib.decompress(row["start"]))

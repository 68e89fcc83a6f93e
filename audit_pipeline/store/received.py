"""What other tools told of the tables before ours: each event once, and the edges it tells of."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import Connection, Engine, delete, func, select

from audit_pipeline import clock
from audit_pipeline.domain.lineage import WHOLE, Dataset, Edge, Field
from audit_pipeline.store.known_edges import ASSUMED, forget_assumed, put_edges, put_same
from audit_pipeline.store.lineage_tables import edges, received, run_tables, same_tables
from audit_pipeline.store.outbox import in_utc
from audit_pipeline.store.upsert import digest, put

KEPT = timedelta(days=30)
"""How long an event is kept as it was sent."""
REMEMBERED = timedelta(days=400)
"""How long an edge is known after it was last told of: a yearly job runs once in that time."""
MOST_PAIRS = 10_000
"""Of a run that names no columns, so many pairs of what it reads and writes are taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What one event tells: `key` is the same for the same event, `body` the event as JSON.

    `job` names the job, `run` its run, each empty where there is none. `edges` are told of
    expressly; of `outputs` that no edge leads to, nothing but the run's `inputs` is known. `same`
    are pairs of names of one table.
    """

    key: str
    job: str
    run: str
    kind: str
    happened: datetime
    body: bytes
    edges: tuple[Edge, ...]
    inputs: tuple[Dataset, ...]
    outputs: tuple[Dataset, ...]
    same: tuple[tuple[Dataset, Dataset], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of an event: whether it is `new`, and how many pairs of tables were too many."""

    new: bool
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many events are kept, how many edges are known, and when an event last came."""

    events: int
    edges: int
    last: datetime | None


def keep(engine: Engine, told: Heard, now: datetime | None = None) -> Kept:
    """Store an event and what it tells, in one transaction, unless it was stored before."""
    return keep_all(engine, [told], now)[0]


def keep_all(engine: Engine, told: Iterable[Heard], now: datetime | None = None) -> list[Kept]:
    """Store events and what they tell, all in one transaction; return what became of each."""
    at = now or clock.now()
    with engine.begin() as connection:
        return [_keep(connection, each, at) for each in told]


def _keep(connection: Connection, told: Heard, at: datetime) -> Kept:
    row = {
        "key": told.key,
        "job": told.job,
        "kind": told.kind,
        "happened": told.happened,
        "body": zlib.compress(told.body, level=1),
        "received": at,
    }
    if not put(connection, received, [row]):
        return Kept(new=False)
    pairs = 0
    if told.kind != "DATASET":
        pairs = _assume(connection, told, at)
    put_edges(connection, told.job, told.edges, at)
    put_same(connection, told.same, at)
    return Kept(new=True, left_out=max(0, pairs - MOST_PAIRS))


def _assume(connection: Connection, told: Heard, at: datetime) -> int:
    """Take what a run writes to come from all it reads, unless it tells more; return the pairs.

    A run may name what it reads when it starts and what it writes when it ends.
    """
    explained = {edge.target.dataset for edge in told.edges}
    run = told.run or told.key  # a job told of by itself is one event
    named = (("input", told.inputs), ("output", told.outputs), ("explained", explained))
    rows = [_row(run, role, table, at) for role, tables in named for table in tables]
    put(connection, run_tables, rows, "seen")
    forget_assumed(connection, told.job, explained)
    known = _tables_of(connection, run)
    open_ends = [table for table in known["output"] if table not in known["explained"]]
    pairs = _pairs(known["input"], open_ends)
    put_edges(connection, told.job, islice(pairs, MOST_PAIRS), at)
    return len(known["input"]) * len(open_ends)


def _tables_of(connection: Connection, run: str) -> dict[str, list[Dataset]]:
    known: dict[str, list[Dataset]] = {"input": [], "output": [], "explained": []}
    query = select(run_tables).where(run_tables.c.run == run).order_by(run_tables.c.key)
    for row in connection.execute(query):
        known[row.role].append(Dataset(row.namespace, row.name))
    return known


def _pairs(sources: Iterable[Dataset], targets: Iterable[Dataset]) -> Iterator[Edge]:
    sources = list(sources)
    for target in targets:
        for source in sources:
            yield Edge(Field(source, WHOLE), Field(target, WHOLE), ASSUMED)


def _row(run: str, role: str, table: Dataset, at: datetime) -> dict[str, object]:
    return {
        "key": digest(run, role, table.namespace, table.name),
        "run": run,
        "role": role,
        "namespace": table.namespace,
        "name": table.name,
        "seen": at,
    }


def counts(engine: Engine) -> Counts:
    """Return how much is known from other tools."""
    newest = select(func.count(), func.max(received.c.received)).select_from(received)
    with engine.connect() as connection:
        events, last = connection.execute(newest).one()
        known = connection.execute(select(func.count()).select_from(edges)).scalar_one()
    return Counts(events=events, edges=known, last=in_utc(last) if last is not None else None)


def sweep(engine: Engine, now: datetime | None = None) -> None:
    """Forget events after 30 days, and edges that nobody told of for 400."""
    at = now or clock.now()
    with engine.begin() as connection:
        connection.execute(delete(received).where(received.c.received < at - KEPT))
        connection.execute(delete(run_tables).where(run_tables.c.seen < at - KEPT))
        for table in (edges, same_tables):
            connection.execute(delete(table).where(table.c.seen < at - REMEMBERED))

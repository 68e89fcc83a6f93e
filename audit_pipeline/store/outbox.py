"""What is to be told to others: written down first, delivered when they can be reached.

A channel (`lineage`, `alerts`) has one queue. What belongs together is one stream, and
is delivered in the order in which it was written.
"""

import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Engine, func, insert, select

from audit_pipeline import clock
from audit_pipeline.store.lineage_tables import outbox

LINEAGE = "lineage"
ALERTS = "alerts"

Transaction = Connection
"""What entries are written in: a connection to the store, with a transaction open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something to tell: `body` is JSON; `key` is the same however often it is delivered.

    `stream` is what it is delivered in order with. `window` is empty where it is about none.
    """

    channel: str
    key: str
    stream: str
    audit: str
    window: str
    about: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting(Entry):
    """An entry that is to be delivered, with its place in the queue."""

    number: int
    attempts: int
    written: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many entries were written, and what became of them."""

    waiting: int = 0
    delivered: int = 0
    set_aside: int = 0

    @property
    def written(self) -> int:
        """All that were written and are still kept."""
        return self.waiting + self.delivered + self.set_aside


def add(connection: Connection, entries: Iterable[Entry]) -> None:
    """Write entries into the outbox, inside the caller's transaction."""
    at = clock.now()
    rows = [
        {
            "channel": e.channel,
            "key": e.key,
            "stream": e.stream,
            "audit": e.audit,
            "window": e.window,
            "about": e.about,
            "body": zlib.compress(e.body, level=1),
            "size": len(e.body),
            "state": "waiting",
            "attempts": 0,
            "written": at,
            "changed": at,
        }
        for e in entries
    ]
    if rows:
        connection.execute(insert(outbox), rows)


def waiting(
    engine: Engine,
    channel: str,
    most: int,
    *,
    without: Collection[str] = (),
    largest: int = 1 << 24,
) -> list[Waiting]:
    """Return the next entries to deliver, by their number, `without` those of some streams.

    Never more than `largest` bytes together, unless the first alone is larger.
    """
    columns = [outbox.c[name] for name in ("number", "size")]
    query = select(*columns).where(*in_queue(channel)).order_by(outbox.c.number).limit(most)
    if without:
        query = query.where(outbox.c.stream.not_in(without))
    with engine.connect() as connection:
        numbers = _within(connection.execute(query).all(), largest)
        return _read(connection, numbers)


def these(engine: Engine, channel: str, numbers: Collection[int]) -> list[Waiting]:
    """Return the entries of these numbers, those that wait."""
    with engine.connect() as connection:
        query = select(outbox.c.number).where(*in_queue(channel), outbox.c.number.in_(numbers))
        return _read(connection, connection.execute(query).scalars().all())


def newest_waiting(engine: Engine, channel: str, stream: str) -> int:
    """Return the number of the newest entry of a stream that waits; 0 if none does."""
    query = select(func.max(outbox.c.number)).where(*in_queue(channel), outbox.c.stream == stream)
    with engine.connect() as connection:
        return connection.execute(query).scalar() or 0


def waiting_since(engine: Engine, channel: str) -> datetime | None:
    """Return when the oldest entry that waits was written; None if nothing waits."""
    query = select(outbox.c.written).where(*in_queue(channel)).order_by(outbox.c.number).limit(1)
    with engine.connect() as connection:
        written = connection.execute(query).scalar()
    return written and in_utc(written)


def in_queue(channel: str) -> tuple[ColumnElement[bool], ...]:
    """Return what a query asks of the entries of a channel that wait."""
    return outbox.c.channel == channel, outbox.c.state == "waiting"


def _read(connection: Connection, numbers: Collection[int]) -> list[Waiting]:
    query = select(outbox).where(outbox.c.number.in_(numbers)).order_by(outbox.c.number)
    return [_waiting(dict(row)) for row in connection.execute(query).mappings()]


def _within(rows: Sequence[tuple[int, int]], largest: int) -> list[int]:
    taken: list[int] = []
    total = 0
    for number, size in rows:
        total += size
        if taken and total > largest:
            break
        taken.append(number)
    return taken


def _waiting(row: dict[str, object]) -> Waiting:
    names = ("channel", "key", "stream", "audit", "window", "about", "number", "attempts")
    written = row["written"]
    assert isinstance(written, datetime)  # noqa: S101 (for the types)
    return Waiting(
        **{name: row[name] for name in names},  # type: ignore[arg-type]  # of the table's types
        body=zlib.decompress(row["body"]),  # type: ignore[arg-type]
        written=in_utc(written),
    )


def in_utc(at: datetime) -> datetime:
    """Return a time of a database in UTC: SQLite forgets the zone, PostgreSQL has its own."""
    return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)


def tally(engine: Engine, channel: str, *, stream: str | None = None) -> Tally:
    """Return how many entries of a channel, or of one stream of it, there are in each state."""
    query = select(outbox.c.state, func.count()).where(outbox.c.channel == channel)
    if stream is not None:
        query = query.where(outbox.c.stream == stream)
    with engine.connect() as connection:
        rows = connection.execute(query.group_by(outbox.c.state)).all()
    return Tally(**{row.state: row[1] for row in rows})

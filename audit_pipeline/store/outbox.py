"""What is to be told to others: written down first, delivered when they can be reached.

A channel (`lineage`) has one queue. What belongs together is one stream, and is delivered in the
order in which it was written. Whoever delivers holds the channel: two at a time would mix it up.
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from audit_pipeline.store.lineage_tables import channels, outbox

LINEAGE = "lineage"


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
    at = datetime.now(UTC)
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
    engine: Engine, channel: str, most: int, *, after: int = 0, largest: int = 1 << 24
) -> list[Waiting]:
    """Return the next entries to deliver, by their number, from the one after `after` on.

    Never more than `largest` bytes together, unless the first alone is larger.
    """
    columns = [outbox.c[name] for name in ("number", "size")]
    query = select(*columns).where(outbox.c.channel == channel, outbox.c.state == "waiting")
    query = query.where(outbox.c.number > after).order_by(outbox.c.number).limit(most)
    with engine.connect() as connection:
        numbers = _within(connection.execute(query).all(), largest)
        rows = connection.execute(
            select(outbox).where(outbox.c.number.in_(numbers)).order_by(outbox.c.number)
        ).mappings()
        return [_waiting(dict(row)) for row in rows]


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
        written=written.replace(tzinfo=written.tzinfo or UTC),
    )


def mark_delivered(engine: Engine, numbers: Sequence[int]) -> None:
    """Note that entries arrived."""
    _change(engine, numbers, state="delivered", problem=None)


def note_attempt(engine: Engine, number: int, problem: str) -> None:
    """Note that an entry could not be delivered, and why; it waits on."""
    attempts = outbox.c.attempts + 1
    query = update(outbox).where(outbox.c.number == number)
    with engine.begin() as connection:
        connection.execute(query.values(attempts=attempts, problem=problem))


def set_aside(engine: Engine, number: int, problem: str) -> None:
    """Take an entry out of the queue that nobody will ever accept; it is kept, and shown."""
    _change(engine, [number], state="set_aside", problem=problem)


def put_back(engine: Engine, channel: str, numbers: Sequence[int] | None = None) -> int:
    """Let entries that were set aside wait again, all of them by default; return how many did."""
    query = update(outbox).where(outbox.c.channel == channel, outbox.c.state == "set_aside")
    if numbers is not None:
        query = query.where(outbox.c.number.in_(numbers))
    with engine.begin() as connection:
        done = query.values(state="waiting", attempts=0, problem=None, changed=datetime.now(UTC))
        return int(connection.execute(done).rowcount)


def _change(engine: Engine, numbers: Sequence[int], **to: object) -> None:
    with engine.begin() as connection:
        query = update(outbox).where(outbox.c.number.in_(numbers))
        connection.execute(query.values(changed=datetime.now(UTC), **to))


def tally(engine: Engine, channel: str, *, stream: str | None = None) -> Tally:
    """Return how many entries of a channel, or of one stream of it, there are in each state."""
    query = select(outbox.c.state, func.count()).where(outbox.c.channel == channel)
    if stream is not None:
        query = query.where(outbox.c.stream == stream)
    with engine.connect() as connection:
        rows = connection.execute(query.group_by(outbox.c.state)).all()
    return Tally(**{row.state: row[1] for row in rows})


def hold(engine: Engine, channel: str, holder: str, lease: timedelta) -> bool:
    """Take hold of a channel for a while, or for longer; return False if another holds it."""
    now = datetime.now(UTC)
    free = or_(
        channels.c.held_by.is_(None), channels.c.held_by == holder, channels.c.held_until < now
    )
    with engine.begin() as connection:
        query = update(channels).where(channels.c.channel == channel, free)
        taken = connection.execute(query.values(held_by=holder, held_until=now + lease))
        if taken.rowcount:
            return True
        known = select(channels.c.channel).where(channels.c.channel == channel)
        if connection.execute(known).first() is not None:
            return False
    first = {"channel": channel, "failures": 0, "held_by": holder, "held_until": now + lease}
    try:
        with engine.begin() as connection:
            connection.execute(insert(channels).values(**first))
    except IntegrityError:  # another was first
        return False
    return True


def let_go(engine: Engine, channel: str, holder: str) -> None:
    """Let others deliver."""
    query = update(channels).where(channels.c.channel == channel, channels.c.held_by == holder)
    with engine.begin() as connection:
        connection.execute(query.values(held_by=None, held_until=None))

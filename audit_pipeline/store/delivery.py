"""What became of the entries of the outbox when somebody tried to deliver them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select, update

from audit_pipeline import clock
from audit_pipeline.store.lineage_tables import outbox
from audit_pipeline.store.outbox import in_queue, in_utc


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """An entry that waits and could not be delivered: the rest of its stream waits behind it.

    `attempts` are those in which others of the channel were delivered, `tried` the last of all.
    """

    number: int
    stream: str
    attempts: int
    tried: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwanted:
    """An entry that was set aside: nobody takes it; `problem` is what was answered."""

    number: int
    key: str
    audit: str
    window: str
    about: str
    problem: str
    attempts: int
    size: int
    written: datetime
    changed: datetime


def mark_delivered(engine: Engine, numbers: Sequence[int]) -> None:
    """Note that entries arrived."""
    if numbers:
        _change(engine, numbers, state="delivered", problem=None)


def note_trouble(engine: Engine, number: int, problem: str, *, alone: bool) -> None:
    """Note that an entry could not be delivered, and why; it waits on.

    It counts as an attempt if that happened to it `alone`, while others were delivered.
    """
    attempts = outbox.c.attempts + (1 if alone else 0)
    _change(engine, [number], attempts=attempts, problem=problem)


def set_aside(engine: Engine, number: int, problem: str) -> None:
    """Take an entry out of the queue that nobody will ever accept; it is kept, and shown."""
    _change(engine, [number], state="set_aside", problem=problem)


def put_back(engine: Engine, channel: str, numbers: Sequence[int] | None = None) -> int:
    """Let entries that were set aside wait again, all of them by default; return how many did."""
    query = update(outbox).where(outbox.c.channel == channel, outbox.c.state == "set_aside")
    if numbers is not None:
        query = query.where(outbox.c.number.in_(numbers))
    with engine.begin() as connection:
        done = query.values(state="waiting", attempts=0, problem=None, changed=clock.now())
        return int(connection.execute(done).rowcount)


def unwanted(engine: Engine, channel: str) -> list[Unwanted]:
    """Return the entries that were set aside, the oldest first."""
    names = [name for name in Unwanted.__annotations__ if name not in {"written", "changed"}]
    query = select(*[outbox.c[name] for name in (*names, "written", "changed")]).where(
        outbox.c.channel == channel, outbox.c.state == "set_aside"
    )
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(outbox.c.number)).mappings().all()
    return [
        Unwanted(
            **{name: row[name] for name in names},
            written=in_utc(row["written"]),
            changed=in_utc(row["changed"]),
        )
        for row in rows
    ]


def _change(engine: Engine, numbers: Sequence[int], **to: object) -> None:
    with engine.begin() as connection:
        query = update(outbox).where(outbox.c.number.in_(numbers))
        connection.execute(query.values(changed=clock.now(), **to))


def troubles(engine: Engine, channel: str) -> list[Trouble]:
    """Return the entries that wait and could not be delivered, the one tried longest ago first."""
    columns = [outbox.c[name] for name in ("number", "stream", "attempts", "changed")]
    query = select(*columns).where(*in_queue(channel), outbox.c.problem.is_not(None))
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(outbox.c.changed, outbox.c.number)).all()
    return [
        Trouble(
            number=row.number,
            stream=row.stream,
            attempts=row.attempts,
            tried=in_utc(row.changed),
        )
        for row in rows
    ]

"""Who delivers what waits in a channel of the outbox, and how that goes.

Whoever delivers holds the channel: two at a time would mix up the order. Who died while it held
one is known on its own machine, so another need not wait for the end of the lease.
"""

import hashlib
import socket
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Engine, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from audit_pipeline import clock
from audit_pipeline.store.lineage_tables import channels
from audit_pipeline.store.outbox import in_utc
from audit_pipeline.store.owner import Owner, this_process

LONGEST = timedelta(hours=1, minutes=5)
"""Nobody holds a channel for longer, or leaves it alone: a clock was wrong that says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """How delivery goes: failures in a row, why, and when it is tried next (None: at once)."""

    failures: int = 0
    next_try: datetime | None = None
    problem: str | None = None
    held_until: datetime | None = None

    def is_left_alone(self, now: datetime) -> bool:
        """Return whether its next try is still to come."""
        return self.next_try is not None and now < self.next_try < now + LONGEST


def a_holder() -> str:
    """Return a name for who is to hold a channel: no other attempt has the same."""
    me = this_process("")
    place = f"{_machine()}:{me.pid}:{me.pid_started:.0f}"
    return f"{socket.gethostname()[:16]}:{place}:{uuid4().hex[:8]}"


def _machine() -> str:
    """Return what tells this machine from others; containers of one name have own processes."""
    within = ""
    with suppress(OSError):  # only Linux has it
        within = str(Path("/proc/self/ns/pid").readlink())
    return hashlib.sha256(f"{socket.gethostname()} {within}".encode()).hexdigest()[:12]


def _is_dead(holder: str) -> bool:
    """Return whether the process of a name is known to have ended: it ran here, and does not."""
    try:
        _, machine, pid, started, _ = holder.rsplit(":", 4)
        of = Owner(run_id="", host=socket.gethostname(), pid=int(pid), pid_started=float(started))
    except ValueError:  # of another version
        return False
    now = clock.now()
    return machine == _machine() and not of.is_alive(now, now)


def channel_of(engine: Engine, channel: str) -> Channel:
    """Return how delivery of a channel goes."""
    with engine.connect() as connection:
        query = select(channels).where(channels.c.channel == channel)
        row = connection.execute(query).mappings().first()
    if row is None:
        return Channel()
    return Channel(
        failures=row["failures"],
        next_try=row["next_try"] and in_utc(row["next_try"]),
        problem=row["problem"],
        held_until=row["held_until"] and in_utc(row["held_until"]),
    )


def note(engine: Engine, channel: str, now: Channel) -> None:
    """Write down how delivery goes; who holds the channel is not changed."""
    query = update(channels).where(channels.c.channel == channel)
    with engine.begin() as connection:
        connection.execute(
            query.values(failures=now.failures, next_try=now.next_try, problem=now.problem)
        )


def hold(engine: Engine, channel: str, holder: str, lease: timedelta) -> bool:
    """Take hold of a channel for a while, or for longer; return False if another holds it."""
    now = clock.now()
    free = or_(
        channels.c.held_by.is_(None),
        channels.c.held_by == holder,
        channels.c.held_until < now,
        channels.c.held_until > now + LONGEST,
    )
    with engine.begin() as connection:
        held = select(channels.c.held_by).where(channels.c.channel == channel).with_for_update()
        before = connection.execute(held).scalar()
        if before is not None and _is_dead(before):
            free = channels.c.held_by == before
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

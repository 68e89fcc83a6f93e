"""When audits were paused: what came due meanwhile was promised to nobody."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select, update

from audit_pipeline.store.deadline_tables import pauses
from audit_pipeline.store.outbox import in_utc


@dataclass(frozen=True, slots=True)
class Pause:
    """From when an audit was seen to be paused until it was seen to go on; None: it is paused."""

    begun: datetime
    ended: datetime | None


Pauses = tuple[Pause, ...]


def all_pauses(connection: Connection) -> Mapping[str, Pauses]:
    """Return the pauses of each audit that ever had one, the oldest first."""
    found = defaultdict[str, list[Pause]](list)
    for row in connection.execute(select(pauses).order_by(pauses.c.begun)).mappings():
        pause = Pause(in_utc(row["begun"]), row["ended"] and in_utc(row["ended"]))
        found[row["audit"]].append(pause)
    return {audit: tuple(of) for audit, of in found.items()}


def is_paused(known: Pauses) -> bool:
    """Return whether an audit was paused when it was last looked at."""
    return any(pause.ended is None for pause in known)


def write_pause(connection: Connection, audit: str, at: datetime, *, paused: bool) -> None:
    """Write down that an audit is paused from now on, or goes on: what `is_paused` did not say yet.

    For who is alone in the store: see `engine.number_alone`.
    """
    if paused:
        connection.execute(insert(pauses).values(audit=audit, begun=at.astimezone(UTC)))
        return
    of_it = (pauses.c.audit == audit, pauses.c.ended.is_(None))
    connection.execute(update(pauses).where(*of_it).values(ended=at.astimezone(UTC)))

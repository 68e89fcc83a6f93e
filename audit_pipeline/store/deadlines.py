"""What the dead man's switch reads in the store: which windows are audited, and who still works."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, func, insert, select, update

from audit_pipeline.store.claims import OPEN, is_alive
from audit_pipeline.store.deadline_tables import watches
from audit_pipeline.store.outbox import in_utc
from audit_pipeline.store.schema import claims


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """A claim that is not sealed: since when, when its holder was last heard of, if it lives."""

    audit: str
    window: str
    claimed: datetime
    beat: datetime
    alive: bool


def watched_since(connection: Connection, audit: str) -> datetime | None:
    """Return the time up to which no window of an audit is missing; None: it was never seen."""
    query = select(watches.c.since).where(watches.c.audit == audit)
    since = connection.execute(query).scalar()
    return since and in_utc(since)


def watch_since(connection: Connection, audit: str, since: datetime) -> None:
    """Write down the time up to which no window of an audit is missing.

    For who is alone in the store: see `engine.number_alone`.
    """
    values = {"since": since.astimezone(UTC)}
    changed = connection.execute(update(watches).where(watches.c.audit == audit).values(**values))
    if changed.rowcount == 0:
        connection.execute(insert(watches).values(audit=audit, **values))


def count_watched(engine: Engine) -> int:
    """Return how many audits were ever seen."""
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(watches)).scalar_one()


def knows_an_audit(engine: Engine) -> bool:
    """Return whether any window was ever audited, by what the store knows."""
    query = select(claims.c.audit).where(claims.c.state == "sealed").limit(1)
    with engine.connect() as connection:
        return connection.execute(query).first() is not None


def complete_windows(connection: Connection, audit: str, keys: Collection[str]) -> frozenset[str]:
    """Return those of some windows that were audited to the end with no stage crashed."""
    if not keys:
        return frozenset()
    query = select(claims.c.window).where(
        claims.c.audit == audit,
        claims.c.window.in_(keys),
        claims.c.state == "sealed",
        claims.c.complete,
    )
    return frozenset(connection.execute(query.distinct()).scalars())


def windows_broken_off(connection: Connection, after: datetime) -> set[tuple[str, str]]:
    """Return audit and window of what was begun after a time and has no complete revision.

    Of each a report with gaps stands: its run was killed, or a stage crashed.
    """
    some = select(claims.c.audit, claims.c.window).where(
        claims.c.state == "sealed", claims.c.complete.is_(False), claims.c.claimed > after
    )
    keys: dict[str, set[str]] = {}
    for row in connection.execute(some.distinct()):
        keys.setdefault(row.audit, set()).add(row.window)
    return {
        (audit, window)
        for audit, begun in keys.items()
        for window in begun - complete_windows(connection, audit, begun)
    }


def working(engine: Engine, now: datetime) -> list[Working]:
    """Return the claims that are not sealed, the oldest first."""
    query = select(claims).where(claims.c.state.in_(OPEN)).order_by(claims.c.claimed)
    with engine.connect() as connection:
        rows = connection.execute(query).mappings().all()
    return [
        Working(
            audit=row["audit"],
            window=row["window"],
            claimed=in_utc(row["claimed"]),
            beat=in_utc(row["beat"]),
            alive=is_alive(row, now),
        )
        for row in rows
    ]

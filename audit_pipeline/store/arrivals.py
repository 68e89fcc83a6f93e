"""How the sources of a window stood when it was last audited to the end."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import IntegrityError

from audit_pipeline.store.schema import arrivals, claims


@dataclass(frozen=True, slots=True)
class Noted:
    """The mark of a window's sources as they were audited, and since when it stands here."""

    mark: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store knows of an audit's windows, by their keys."""

    begun: frozenset[str]
    """Windows that a run of the audit ever began."""
    noted: Mapping[str, Noted]
    """Windows whose audit came to its end with no stage crashed."""


def note(engine: Engine, audit: str, window: str, noted: Noted) -> None:
    """Write down how a window's sources stood before its audit, now at its end, read them.

    A mark that stands there already keeps its first time: since then, nothing has changed.
    """
    of_window = (arrivals.c.audit == audit, arrivals.c.window == window)
    # where another run notes the window at this very moment, its note will do
    with suppress(IntegrityError), engine.begin() as connection:
        query = select(arrivals.c.mark).where(*of_window).with_for_update()
        if connection.execute(query).scalar() == noted.mark:
            return
        connection.execute(delete(arrivals).where(*of_window))
        values = {"audit": audit, "window": window, "mark": noted.mark, "noted": noted.at}
        connection.execute(insert(arrivals).values(**values))


def known(engine: Engine, audit: str) -> Known:
    """Return what is known of an audit's windows."""
    begun = select(claims.c.window).where(claims.c.audit == audit).distinct()
    marks = select(arrivals).where(arrivals.c.audit == audit)
    with engine.connect() as connection:
        return Known(
            begun=frozenset(connection.execute(begun).scalars()),
            noted={row.window: _noted(row.mark, row.noted) for row in connection.execute(marks)},
        )


def _noted(mark: str, at: datetime) -> Noted:
    return Noted(mark, at.replace(tzinfo=at.tzinfo or UTC))  # SQLite keeps no zone: all UTC

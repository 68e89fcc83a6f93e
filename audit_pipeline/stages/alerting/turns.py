"""When to see to the alerts that wait: at once for a new one, else twice a minute."""

from dataclasses import dataclass
from datetime import datetime

from audit_pipeline.audits.home import Home
from audit_pipeline.stages.alerting.writing import NOBODY
from audit_pipeline.stages.revision import open_store
from audit_pipeline.store.outbox import ALERTS, newest_waiting

EVERY_SECONDS = 29.0
"""Addresses that failed are tried again, people are reminded, waivers end: the store is written to,
which is not to be done at every look."""


@dataclass(frozen=True, slots=True)
class Turn:
    """How things stand when the sensor looks: whether it is time to deliver."""

    newest: int
    """Number of the last alert of which nobody was told yet; 0 if there is none."""
    seen: float
    """In seconds of the epoch."""

    @classmethod
    def at_home(cls, home: Home, now: datetime) -> "Turn":
        """Return how things stand: one look at an index of the store, nothing is written."""
        engine = open_store(home.store_url).engine
        return cls(newest_waiting(engine, ALERTS, NOBODY), now.timestamp())

    @property
    def cursor(self) -> str:
        """What to remember of this turn, once it was taken.

        With all digits of the time: rounded up, it would look like a clock that was set back.
        """
        return f"{self.newest} {self.seen!r}"

    def is_due_after(self, cursor: str | None) -> bool:
        """Return whether there is something new since the turn of a cursor, or it is long ago."""
        try:
            newest, seen = (cursor or "").split()
            return self.newest > int(newest) or not 0 <= self.seen - float(seen) < EVERY_SECONDS
        except ValueError:  # there was none, or another version wrote it
            return True

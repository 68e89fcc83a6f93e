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
class Round:
    """How things stand before a round of delivering."""

    newest: int
    """Number of the last alert of which nobody was told yet; 0 if there is none."""
    at: float
    """In seconds of the epoch."""

    @classmethod
    def begun(cls, home: Home, now: datetime) -> "Round":
        """Return how things stand: one look at an index of the store, nothing is written."""
        engine = open_store(home.store_url).engine
        return cls(newest_waiting(engine, ALERTS, NOBODY), now.timestamp())

    @property
    def cursor(self) -> str:
        """What to remember of this round."""
        return f"{self.newest} {self.at:.1f}"

    def is_needed_after(self, cursor: str | None) -> bool:
        """Return whether there is something new since the round of a cursor, or it is long ago."""
        try:
            newest, at = (cursor or "").split()
            return self.newest > int(newest) or not 0 <= self.at - float(at) < EVERY_SECONDS
        except ValueError:  # there was none, or another version wrote it
            return True

"""What stands in the outbox of a home."""

import json
from dataclasses import dataclass
from typing import Any

from audit_pipeline.audits.home import Home
from audit_pipeline.stages.revision import open_store
from audit_pipeline.store.outbox import LINEAGE, Waiting, waiting

Json = dict[str, Any]


@dataclass(frozen=True)
class Event:
    """One event of the outbox: as it was written, and as JSON."""

    entry: Waiting
    said: Json

    @property
    def job(self) -> str:
        """The job, without the audit's name in front; empty of the whole audit."""
        return str(self.said["job"]["name"]).removeprefix(self.entry.audit).removeprefix(".")

    @property
    def transition(self) -> str:
        """What the run did."""
        return str(self.said["eventType"])

    @property
    def run(self) -> str:
        """The lineage run."""
        return str(self.said["run"]["runId"])

    @property
    def facets(self) -> Json:
        """The facets of the run."""
        found: Json = self.said["run"].get("facets", {})
        return found


def events_of(home: Home) -> list[Event]:
    """Return every event that waits, in the order in which they were written."""
    found = waiting(open_store(home.store_url).engine, LINEAGE, 10_000)
    return [Event(entry, json.loads(entry.body)) for entry in found]


def transitions(events: list[Event]) -> list[tuple[str, str]]:
    """Return job and transition of each event."""
    return [(event.job, event.transition) for event in events]

"""What happened in a month, for its accounts and for people."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline.store import schema
from audit_pipeline.store.store import Store
from audit_pipeline_tests.month.world import World, deadline_hours


@dataclass(slots=True)
class Happened:
    """What happened in a month, counted."""

    runs: Counter[str] = field(default_factory=Counter)
    """Runs by who asked for them."""
    kills: Counter[str] = field(default_factory=Counter)
    """Kills by where."""
    red: list[str] = field(default_factory=list[str])
    """Runs that crashed by themselves."""
    killed_rounds: set[int] = field(default_factory=set[int])
    """Rounds of delivering alerts that were killed once something had been sent."""
    late: set[str] = field(default_factory=set[str])
    """Audits of which a window was late when the daemon came back."""
    seconds: float = 0.0


def late_audits(world: World, store: Store, at: datetime) -> set[str]:
    """Return the audits of which a window is late, worked out without the product's own rules."""
    t = schema.claims
    with store.engine.connect() as connection:
        rows = connection.execute(select(t.c.audit, t.c.window).where(t.c.complete)).all()
    done = {(row.audit, row.window) for row in rows}
    return {
        name
        for name in world.names
        for window in load_audit_file(world.home, name).audit.window.windows.ended(at)
        if window.end + timedelta(hours=deadline_hours(name)) <= at
        and (name, window.key) not in done
    }

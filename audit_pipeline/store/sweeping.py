"""Take out of the outbox what nobody needs any more."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, select

from audit_pipeline import clock
from audit_pipeline.store.lineage_tables import outbox
from audit_pipeline.store.outbox import in_utc

KEPT = {"delivered": timedelta(days=7), "set_aside": timedelta(days=365)}
"""For how long after its state changed."""
KEPT_FOR_NOBODY = timedelta(days=30)
"""For how long what waits is kept where there is no destination; else it is kept for ever."""
AT_ONCE = 500


def sweep(engine: Engine, channel: str, *, for_nobody: bool = False) -> int:
    """Delete what is too old, and return how many entries that were.

    `for_nobody`: there is no destination, so what waits grows old too.
    """
    kept = KEPT | ({"waiting": KEPT_FOR_NOBODY} if for_nobody else {})
    now = clock.now()
    return sum(_sweep(engine, channel, state, now - age) for state, age in kept.items())


def _sweep(engine: Engine, channel: str, state: str, before: datetime) -> int:
    """Delete the entries of a state that changed before a time, the first numbers first.

    It ends at a number that is younger. So a sweep with nothing to do reads few rows, however many
    are kept; what a younger one hides is deleted when that has grown old.
    """
    oldest = (
        select(outbox.c.number, outbox.c.changed)
        .where(outbox.c.channel == channel, outbox.c.state == state)
        .order_by(outbox.c.number)
        .limit(AT_ONCE)
    )
    swept = 0
    while True:
        with engine.begin() as connection:
            rows = connection.execute(oldest).all()
            old = [row.number for row in rows if in_utc(row.changed) < before]
            connection.execute(delete(outbox).where(outbox.c.number.in_(old)))
        swept += len(old)
        if len(old) < AT_ONCE:
            return swept

"""Claims before their content is known, and claims whose process died."""

from datetime import datetime

from sqlalchemy import Connection, Engine, RowMapping, select

from audit_pipeline.crash_points import CrashPoint, reached
from audit_pipeline.store.claims import (
    OPEN,
    Claim,
    Wanted,
    answer,
    change,
    claims_of,
    insert_claim,
    is_alive,
    next_revision,
    take_over,
)
from audit_pipeline.store.owner import Owner
from audit_pipeline.store.schema import claims


def reserve(connection: Connection, audit: str, window: str, owner: Owner, now: datetime) -> Claim:
    """Say that `owner` begins to read a window, whose content is not known yet.

    A process that dies while it reads is then missed, and its audit finished with gaps.
    """
    rows = claims_of(connection, audit, window)
    for row in rows:
        if row["run_id"] == owner.run_id and row["state"] in OPEN:
            return answer(row, "granted")
    wanted = Wanted(audit=audit, window=window, content="")
    return insert_claim(connection, wanted, owner, now, next_revision(rows), state="reading")


def adopt(
    connection: Connection, audit: str, window: str, owner: Owner, now: datetime
) -> Claim | None:
    """Return the claim a run is to work under: its own, one whose process died, or the last.

    A process that died while it read leaves a claim on unread content, unless the window was
    audited before: then nothing is lost. One that stands below a sealed revision is given up: what
    came after it has the last word. None if the window was never claimed.
    """
    rows = claims_of(connection, audit, window)
    for row in rows:
        if row["run_id"] == owner.run_id and row["state"] in {"claimed", "sealed"}:
            return answer(row, "granted" if row["state"] == "claimed" else "already_audited")
    audited = any(row["state"] == "sealed" and row["complete"] for row in rows)
    for place, row in reversed(list(enumerate(rows))):
        if row["state"] == "sealed":
            _give_up(connection, rows[:place], now)
            return answer(row, "already_audited")
        if row["state"] == "reading" and audited and not is_alive(row, now):
            change(connection, row, state="abandoned")
        elif row["state"] in OPEN:
            return _taken(connection, row, owner, now)
    return None


def _give_up(connection: Connection, rows: list[RowMapping], now: datetime) -> None:
    """Give up the claims of dead processes."""
    for row in rows:
        if row["state"] in OPEN and not is_alive(row, now):
            change(connection, row, state="abandoned")


def _taken(connection: Connection, row: RowMapping, owner: Owner, now: datetime) -> Claim:
    """Return the answer to taking over an open claim."""
    if is_alive(row, now) or not take_over(connection, row, owner, now):
        return answer(row, "in_progress")
    reached(CrashPoint.ADOPTING)
    return answer(row, "granted", run_id=owner.run_id)


def given_up(engine: Engine, audit: str, window: str) -> list[int]:
    """Return the revisions of a window that were begun and will never be sealed."""
    query = select(claims.c.revision).where(claims.c.audit == audit, claims.c.window == window)
    with engine.connect() as connection:
        return list(connection.execute(query.where(claims.c.state == "abandoned")).scalars())

"""Exactly once: who may audit a window's content, decided in one transaction."""

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from audit_pipeline.store.owner import Owner
from audit_pipeline.store.schema import claims

OPEN = frozenset({"reading", "claimed"})
"""States of a claim somebody works under; the others are `sealed` and `abandoned`."""

State = Literal["granted", "already_audited", "in_progress"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The answer to a claim: `granted`, or who was first.

    `revision` counts from 1 within a window: the one granted, or the one that stands.
    """

    audit: str
    window: str
    revision: int
    content: str
    state: State
    run_id: str
    sealed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be claimed: this content of this window; `again` even if it was audited."""

    audit: str
    window: str
    content: str
    again: bool = False


def claim(connection: Connection, wanted: Wanted, owner: Owner, now: datetime) -> Claim:
    """Claim a window's content for `owner`, inside the caller's transaction.

    A claim whose process died is taken over. Content that was audited to the end last is refused,
    unless `again`; content that is being audited is refused always. Content that comes back, after
    other content was audited, is audited anew: else the window's verdict is of rows that are gone.
    """
    rows = claims_of(connection, wanted.audit, wanted.window)
    reserved = [r for r in rows if r["state"] == "reading" and r["run_id"] == owner.run_id]
    mine = {row["revision"] for row in reserved}
    rows = [row for row in rows if row["revision"] not in mine]
    for row in rows:
        if row["state"] in OPEN and not is_alive(row, now) and row["content"] != wanted.content:
            change(connection, row, state="abandoned")
    standing = _standing(connection, rows, wanted, owner, now)
    if standing is not None:
        for row in reserved:  # its number was never used
            connection.execute(delete(claims).where(*key_of(row)))
        return standing
    if reserved:
        change(connection, reserved[0], state="claimed", content=wanted.content)
        return replace(answer(reserved[0], "granted"), content=wanted.content)
    return insert_claim(connection, wanted, owner, now, next_revision(rows), state="claimed")


def _standing(
    connection: Connection, rows: list[RowMapping], wanted: Wanted, owner: Owner, now: datetime
) -> Claim | None:
    """Return the answer of a claim on the same content that stands already, if one does."""
    same = [row for row in rows if row["content"] == wanted.content]
    for row in same:
        if row["state"] == "claimed" and row["run_id"] == owner.run_id:
            return answer(row, "granted")
        if row["state"] == "claimed" and is_alive(row, now):
            return answer(row, "in_progress")
        if row["state"] == "claimed" and take_over(connection, row, owner, now):
            return answer(row, "granted", run_id=owner.run_id)
    done = [row for row in rows if row["state"] == "sealed" and row["complete"]][-1:]
    stands = bool(done) and done[0]["content"] == wanted.content
    return answer(done[0], "already_audited") if stands and not wanted.again else None


def claims_of(connection: Connection, audit: str, window: str) -> list[RowMapping]:
    """Return all claims of one window, oldest first, locked until the transaction ends."""
    query = select(claims).where(claims.c.audit == audit, claims.c.window == window)
    query = query.order_by(claims.c.revision).with_for_update()  # two must not take over at once
    return list(connection.execute(query).mappings())


def take_over(connection: Connection, row: RowMapping, owner: Owner, now: datetime) -> bool:
    """Make `owner` the holder of a dead process's claim; False if another was faster."""
    content = row["content"] or f"unread by {row['run_id']}"
    to = {"state": "claimed", "content": content, "beat": now, **asdict(owner)}
    return change(connection, row, held_by=row["run_id"], **to) == 1


def answer(row: RowMapping, state: State, *, run_id: str | None = None) -> Claim:
    """Return the answer that `row` stands for."""
    return Claim(
        audit=row["audit"],
        window=row["window"],
        revision=row["revision"],
        content=row["content"],
        state=state,
        run_id=run_id or row["run_id"],
        sealed=row["state"] == "sealed",
    )


def is_alive(row: RowMapping, now: datetime) -> bool:
    """Return whether the process that holds a claim still runs."""
    names = ("run_id", "host", "pid", "pid_started")
    beat = row["beat"].replace(tzinfo=row["beat"].tzinfo or UTC)  # SQLite keeps no zone: all UTC
    return Owner(**{name: row[name] for name in names}).is_alive(beat, now)


def change(connection: Connection, row: RowMapping, held_by: str | None = None, **to: Any) -> int:  # noqa: ANN401 (column values)
    """Change a claim that is still in the state it was read in; return the rows changed, 0 or 1."""
    query = update(claims).where(*key_of(row), claims.c.state == row["state"])
    if held_by is not None:
        query = query.where(claims.c.run_id == held_by)
    return connection.execute(query.values(**to)).rowcount


def key_of(row: RowMapping) -> tuple[Any, ...]:
    """Return the conditions that pick one claim."""
    return tuple(claims.c[name] == row[name] for name in ("audit", "window", "revision"))


def next_revision(rows: list[RowMapping]) -> int:
    """Return the number of a window's next revision."""
    return 1 + max((row["revision"] for row in rows), default=0)


def insert_claim(
    connection: Connection,
    wanted: Wanted,
    owner: Owner,
    now: datetime,
    revision: int,
    state: str,
) -> Claim:
    """Write down a new claim and return it as granted."""
    values = {
        "audit": wanted.audit,
        "window": wanted.window,
        "content": wanted.content,
        **asdict(owner),
        "revision": revision,
        "state": state,
        "complete": False,
        "rows": 0,
        "claimed": now,
        "beat": now,
    }
    connection.execute(insert(claims).values(**values))
    return Claim(
        audit=wanted.audit,
        window=wanted.window,
        revision=revision,
        content=wanted.content,
        state="granted",
        run_id=owner.run_id,
    )

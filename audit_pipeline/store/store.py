"""The results store: what was audited, by which run, and what came of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from audit_pipeline import clock
from audit_pipeline.crash_points import CrashPoint, reached
from audit_pipeline.domain.storable import storable_in
from audit_pipeline.domain.window import in_time
from audit_pipeline.store import schema
from audit_pipeline.store.adoption import adopt, reserve
from audit_pipeline.store.claims import OPEN, Claim, Wanted, answer, claim, is_alive
from audit_pipeline.store.engine import StoreError, numbering, open_engine
from audit_pipeline.store.owner import Owner, this_process
from audit_pipeline.store.results import write_results


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """One finished audit, as the store keeps it."""

    audit: str
    window: str
    revision: int
    verdict: str
    rows: int
    complete: bool
    sealed: datetime
    record: dict[str, Any]


class Store:
    """The results store at an SQLAlchemy URL; its tables are made on first use."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()

    def reserve(self, audit: str, window: str, owner: Owner) -> Claim:
        """Say that `owner` begins to read a window; see `adoption.reserve`."""
        with numbering(self.engine) as connection:
            return reserve(connection, audit, window, owner, clock.now())

    def claim(self, wanted: Wanted, owner: Owner) -> Claim:
        """Claim a window's content for `owner`; see `claims.claim`."""
        with numbering(self.engine) as connection:
            given = claim(connection, wanted, owner, clock.now())
            reached(CrashPoint.CLAIMING)
            return self._noted(connection, given, owner)

    def adopt(self, audit: str, window: str, owner: Owner) -> Claim | None:
        """Return the claim a run is to work under; see `adoption.adopt`."""
        with numbering(self.engine) as connection:
            found = adopt(connection, audit, window, owner, clock.now())
            return None if found is None else self._noted(connection, found, owner)

    def beat(self, held: Claim) -> None:
        """Say that the holder of a claim is alive."""
        with self.engine.begin() as connection:
            held_row = update(schema.claims).where(*_of(schema.claims, held))
            own = schema.claims.c.run_id == held.run_id  # not another's who took it over
            connection.execute(held_row.where(own).values(beat=clock.now()))

    def release(self, audit: str, window: str) -> None:
        """Give back the claims of a window that this very process holds, unfinished."""
        t, me = schema.claims, this_process("")
        with self.engine.begin() as connection:
            connection.execute(
                update(t)
                .where(t.c.audit == audit, t.c.window == window, t.c.state.in_(OPEN))
                .where(t.c.host == me.host, t.c.pid == me.pid)
                .values(state="abandoned")
            )

    def seal(
        self,
        held: Claim,
        record: dict[str, Any],
        *,
        complete: bool,
        also: Callable[[Connection], object] = id,
    ) -> None:
        """Write down a finished audit and close its claim, in one transaction.

        `also` writes what is to be told of it, in the same one.

        Raises:
            StoreError: The claim is no longer this run's.
        """
        rows = (record["snapshot"] or {}).get("rows", 0)
        with numbering(self.engine) as connection:  # before the claim: so do all who take one over
            closed = connection.execute(
                update(schema.claims)
                .where(*_of(schema.claims, held))
                .where(schema.claims.c.run_id == held.run_id, schema.claims.c.state == "claimed")
                .values(
                    state="sealed",
                    complete=complete,
                    rows=rows,
                    verdict=record["verdict"],
                    record=json.dumps(storable_in(record), sort_keys=True, allow_nan=False),
                    sealed=clock.now(),
                )
            )
            if closed.rowcount != 1:
                raise StoreError(
                    f"revision {held.revision} of {held.audit} {held.window} was taken over by"
                    " another run while this one worked; nothing was written"
                )
            write_results(connection, held, record)
            self._note(connection, held, held.run_id, "audited")
            also(connection)

    def outcome_of(self, run_id: str, audit: str, window: str) -> tuple[str, int] | None:
        """Return what came of a run's work on a window, and the revision it was about."""
        t = schema.runs
        query = select(t.c.outcome, t.c.revision).where(
            t.c.run_id == run_id, t.c.audit == audit, t.c.window == window
        )
        with self.engine.connect() as connection:
            row = connection.execute(query).first()
        return (row.outcome, row.revision) if row else None

    def sealed(self, audit: str, window: str | None = None) -> list[Sealed]:
        """Return the finished audits, oldest window and revision first."""
        table = schema.claims
        query = select(table).where(table.c.audit == audit, table.c.state == "sealed")
        if window is not None:
            query = query.where(table.c.window == window)
        with self.engine.connect() as connection:
            rows = connection.execute(query.order_by(table.c.window, table.c.revision)).mappings()
            return [_sealed(row) for row in rows]

    def history(self, audit: str) -> list[tuple[str, int, str]]:
        """Return window, revision and verdict of the finished audits, oldest first."""
        t = schema.claims
        query = select(t.c.window, t.c.revision, t.c.verdict).where(t.c.audit == audit)
        with self.engine.connect() as connection:
            rows = connection.execute(query.where(t.c.state == "sealed")).all()
        known = [(row.window, row.revision, row.verdict) for row in rows]
        return sorted(known, key=lambda of: (in_time(of[0]), of[1]))

    def open_claims(self) -> list[tuple[Claim, bool]]:
        """Return the claims not yet sealed, each with whether its process is alive."""
        table = schema.claims
        with self.engine.connect() as connection:
            query = select(table).where(table.c.state.in_(OPEN))
            rows = connection.execute(query).mappings().all()
        return [(answer(row, "granted"), is_alive(row, clock.now())) for row in rows]

    def describe(self, audit: dict[str, str]) -> None:
        """Write down what an audit is: name, purpose, owner, risk, file_sha256."""
        with self.engine.begin() as connection:
            connection.execute(delete(schema.audits).where(schema.audits.c.name == audit["name"]))
            connection.execute(insert(schema.audits).values(**audit, updated=clock.now()))

    def _noted(self, connection: Connection, answered: Claim, owner: Owner) -> Claim:
        if answered.sealed and answered.run_id == owner.run_id:
            return answered  # this run's own work, noted as audited
        outcome = "claimed" if answered.state == "granted" else answered.state
        self._note(connection, answered, owner.run_id, outcome)
        return answered

    def _note(self, connection: Connection, of: Claim, run_id: str, outcome: str) -> None:
        table = schema.runs
        key = (table.c.run_id == run_id, table.c.audit == of.audit, table.c.window == of.window)
        connection.execute(delete(table).where(*key))
        values: dict[str, Any] = {"run_id": run_id, "audit": of.audit, "window": of.window}
        values |= {"revision": of.revision, "outcome": outcome, "updated": clock.now()}
        connection.execute(insert(table).values(**values))


def _of(table: Table, of: Claim) -> tuple[Any, ...]:
    return (
        table.c.audit == of.audit,
        table.c.window == of.window,
        table.c.revision == of.revision,
    )


def _sealed(row: Any) -> Sealed:  # noqa: ANN401 (SQLAlchemy's row)
    names = ("audit", "window", "revision", "verdict", "rows", "complete")
    return Sealed(
        **{name: row[name] for name in names},
        sealed=row["sealed"].replace(tzinfo=row["sealed"].tzinfo or UTC),
        record=json.loads(row["record"]),
    )

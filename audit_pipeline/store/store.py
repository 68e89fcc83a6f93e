"""The results store: what was audited, by which run, and what came of it."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Table,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, OperationalError

from audit_pipeline.store import schema
from audit_pipeline.store.claims import Claim, Wanted, answer, claim, claims_of
from audit_pipeline.store.owner import Owner

ATTEMPTS = 5
BUSY_SECONDS = 60


class StoreError(Exception):
    """The results store cannot be used; the message names it and what to do."""


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
        self.engine = _engine(url)
        self.place = self.engine.url.render_as_string(hide_password=True)
        try:
            with self._transaction() as connection:
                self._prepare(connection)
        except OperationalError as error:
            said = str(error.orig).strip().splitlines()
            raise StoreError(
                f"the results store at {self.place} cannot be used: {said[0]}"
            ) from error

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()

    def claim(self, wanted: Wanted, owner: Owner) -> Claim:
        """Claim a window's content for `owner`; see `claims.claim`."""
        for attempt in range(ATTEMPTS):
            try:
                with self._transaction() as connection:
                    return self._noted(connection, claim(connection, wanted, owner, _now()), owner)
            except IntegrityError:  # another process claimed the same revision: look again
                if attempt == ATTEMPTS - 1:
                    raise
        raise AssertionError

    def adopt(self, audit: str, window: str, owner: Owner) -> Claim | None:
        """Return the claim a run is to work under: its own, one whose process died, or the last.

        None if the window was never claimed.
        """
        with self._transaction() as connection:
            rows = claims_of(connection, audit, window)
            for row in rows:
                if row["run_id"] == owner.run_id:
                    return answer(row, "already_audited" if row["sealed"] else "granted")
            for row in reversed(rows):
                wanted = Wanted(audit=audit, window=window, content=row["content"])
                if row["state"] == "claimed":
                    return self._noted(connection, claim(connection, wanted, owner, _now()), owner)
                if row["state"] == "sealed":
                    return answer(row, "already_audited")
        return None

    def beat(self, held: Claim) -> None:
        """Say that the holder of a claim is alive."""
        with self._transaction() as connection:
            connection.execute(
                update(schema.claims).where(*_of(schema.claims, held)).values(beat=_now())
            )

    def seal(self, held: Claim, record: dict[str, Any], *, complete: bool) -> None:
        """Write down a finished audit and close its claim, in one transaction.

        Raises:
            StoreError: The claim is no longer this run's.
        """
        rows = (record["snapshot"] or {}).get("rows", 0)
        with self._transaction() as connection:
            closed = connection.execute(
                update(schema.claims)
                .where(*_of(schema.claims, held))
                .where(schema.claims.c.run_id == held.run_id, schema.claims.c.state == "claimed")
                .values(
                    state="sealed",
                    complete=complete,
                    rows=rows,
                    verdict=record["verdict"],
                    record=json.dumps(record, sort_keys=True, allow_nan=False),
                    sealed=_now(),
                )
            )
            if closed.rowcount != 1:
                raise StoreError(
                    f"revision {held.revision} of {held.audit} {held.window} was taken over by"
                    " another run while this one worked; nothing was written"
                )
            self._write_results(connection, held, record)
            self._note(connection, held, held.run_id, "audited")

    def sealed(self, audit: str, window: str | None = None) -> list[Sealed]:
        """Return the finished audits, oldest window and revision first."""
        table = schema.claims
        query = select(table).where(table.c.audit == audit, table.c.state == "sealed")
        if window is not None:
            query = query.where(table.c.window == window)
        with self.engine.connect() as connection:
            rows = connection.execute(query.order_by(table.c.window, table.c.revision)).mappings()
            return [_sealed(row) for row in rows]

    def open_claims(self) -> list[tuple[Claim, bool]]:
        """Return the claims not yet sealed, each with whether its process is alive."""
        from audit_pipeline.store.claims import _alive

        table = schema.claims
        with self.engine.connect() as connection:
            query = select(table).where(table.c.state == "claimed")
            rows = connection.execute(query).mappings().all()
        return [(answer(row, "granted"), _alive(row, _now())) for row in rows]

    def describe(self, audit: dict[str, str]) -> None:
        """Write down what an audit is: name, purpose, owner, risk, file_sha256."""
        with self._transaction() as connection:
            connection.execute(delete(schema.audits).where(schema.audits.c.name == audit["name"]))
            connection.execute(insert(schema.audits).values(**audit, updated=_now()))

    def _write_results(self, connection: Connection, held: Claim, record: dict[str, Any]) -> None:
        key = {"audit": held.audit, "window": held.window, "revision": held.revision}
        outcomes: Sequence[dict[str, Any]] = record["outcomes"]
        verdicts = [_verdict_row(outcome) | key for outcome in outcomes]
        measured = [_measurement_row(o["measurement"]) | key for o in outcomes if o["measurement"]]
        if verdicts:
            connection.execute(insert(schema.verdicts), verdicts)
        if measured:
            connection.execute(insert(schema.measurements), measured)

    def _noted(self, connection: Connection, answered: Claim, owner: Owner) -> Claim:
        outcome = "claimed" if answered.state == "granted" else answered.state
        self._note(connection, answered, owner.run_id, outcome)
        return answered

    def _note(self, connection: Connection, of: Claim, run_id: str, outcome: str) -> None:
        table = schema.runs
        key = (table.c.run_id == run_id, table.c.audit == of.audit, table.c.window == of.window)
        connection.execute(delete(table).where(*key))
        values = {"run_id": run_id, "audit": of.audit, "window": of.window}
        values |= {"revision": of.revision, "outcome": outcome, "updated": _now()}
        connection.execute(insert(table).values(**values))

    def _prepare(self, connection: Connection) -> None:
        if connection.dialect.name == "postgresql":  # two first comers would both create
            connection.execute(select(func.pg_advisory_xact_lock(8_112_018)))
        schema.metadata.create_all(connection)
        found = connection.execute(select(func.max(schema.versions.c.version))).scalar()
        if found is None:
            connection.execute(insert(schema.versions).values(version=schema.VERSION))
        elif found != schema.VERSION:
            raise StoreError(
                f"the results store at {self.place} has version {found}, this program works with"
                f" version {schema.VERSION}: install the matching audit-pipeline"
            )

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self.engine.begin() as connection:
            yield connection


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg2")
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True)
    engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _no_implicit_begin(connection: Any, _: Any) -> None:  # noqa: ANN401 (sqlite3's)
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _lock_first(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # else two readers both decide to write

    return engine


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


def _verdict_row(outcome: dict[str, Any]) -> dict[str, Any]:
    names = ("verdict", "required", "reason")
    return {**outcome["check"], **{name: outcome[name] for name in names}}


def _measurement_row(measured: dict[str, Any]) -> dict[str, Any]:
    interval, coverage = measured["interval"] or {}, measured["coverage"]
    return {
        **{n: measured[n] for n in ("metric", "subject", "value", "baseline_value")},
        "low": interval.get("low"),
        "high": interval.get("high"),
        "rows": coverage["rows"],
        "rows_used": coverage["used"],
        "error_bound": coverage["error_bound"],
    }


def _now() -> datetime:
    return datetime.now(UTC)

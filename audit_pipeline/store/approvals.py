"""Who approved which baseline, when and why: rows that are only ever added."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC

from sqlalchemy import (
    JSON,
    Connection,
    Engine,
    RowMapping,
    cast,
    func,
    insert,
    select,
    type_coerce,
)

from audit_pipeline import clock
from audit_pipeline.crash_points import CrashPoint, reached
from audit_pipeline.domain.comparability import Fingerprints
from audit_pipeline.domain.record import Approval
from audit_pipeline.store.engine import numbering
from audit_pipeline.store.schema import approvals, claims


class OvertakenError(Exception):
    """Somebody else approved a baseline meanwhile, that the approver has not seen."""


def add_approval(engine: Engine, audit: str, given: Approval, after: int | None = None) -> Approval:
    """Write down an approval under the audit's next number and the time of now; return it so.

    Of several people who approve at once each gets a number; the last number is in force.

    Args:
        engine: The results store.
        audit: The audit.
        given: What is approved; its number and time are given here.
        after: The last number that the approver knew of; None takes whatever is the last.

    Raises:
        OvertakenError: Another one is the last.
    """
    with numbering(engine) as connection:
        return _add(connection, audit, given, after)


def _add(connection: Connection, audit: str, given: Approval, after: int | None) -> Approval:
    newest = select(func.max(approvals.c.number)).where(approvals.c.audit == audit)
    at = clock.now().replace(microsecond=0)
    last = connection.execute(newest).scalar() or 0
    if after not in {None, last}:
        raise OvertakenError(
            f"somebody else approved a baseline of {audit!r} meanwhile (approval {last}): look at"
            f" it by audit-pipeline baseline show {audit}, then approve again if yours still holds"
        )
    number = last + 1
    connection.execute(
        insert(approvals).values(
            audit=audit,
            number=number,
            digest=given.digest,
            fingerprint=given.fingerprint,
            rows=given.rows,
            approved_by=given.by,
            reason=given.reason,
            approved=at,
        )
    )
    reached(CrashPoint.APPROVING)
    return replace(given, number=number, at=at.isoformat())


def approvals_of(engine: Engine, audit: str) -> list[Approval]:
    """Return the approvals of an audit's baselines, newest first; the first is in force."""
    query = select(approvals).where(approvals.c.audit == audit)
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(approvals.c.number.desc())).mappings()
        return [_approval(row) for row in rows]


def baselines_compared(
    engine: Engine, audit: str, windows: Sequence[str]
) -> dict[tuple[str, int], Fingerprints]:
    """Return what the finished audits of `windows` were compared with, by window and revision.

    Those without a baseline are not among them.
    """
    # SQLite has JSON as text, and would make a number of it if it were to cast
    stored = claims.c.record
    record = (
        cast(stored, JSON) if engine.dialect.name == "postgresql" else type_coerce(stored, JSON)
    )
    query = select(claims.c.window, claims.c.revision, record["baseline"].label("baseline"))
    query = query.where(
        claims.c.audit == audit, claims.c.state == "sealed", claims.c.window.in_(windows)
    )
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    return {
        (row.window, row.revision): Fingerprints(
            rows=row.baseline["fingerprint"],
            tables=tuple(source["sha256"] for source in row.baseline["sources"]),
        )
        for row in rows
        if row.baseline
    }


def _approval(row: RowMapping) -> Approval:
    names = ("number", "digest", "fingerprint", "rows", "reason")
    at = row["approved"].replace(tzinfo=row["approved"].tzinfo or UTC)  # SQLite keeps no zone
    return Approval(
        **{name: row[name] for name in names},
        by=row["approved_by"],
        at=at.astimezone(UTC).isoformat(timespec="seconds"),
    )

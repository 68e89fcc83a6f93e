"""Findings as they are kept: what each stands at, and its history, which is only added to."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, func, insert, select, update

from audit_pipeline.domain.check import Check
from audit_pipeline.domain.finding import Change, Finding, Happened, Severity, State
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.store.chunks import chunked
from audit_pipeline.store.finding_tables import findings, history

OF_CHECK = ("asset", "name", "subject")


def findings_of(connection: Connection, audit: str) -> dict[Check, Finding]:
    """Return every finding of an audit by its cause, locked until the transaction ends."""
    query = select(findings).where(findings.c.audit == audit).with_for_update()
    rows = connection.execute(query).mappings()
    return {found.check: found for found in map(as_finding, rows)}


def all_findings(engine: Engine) -> list[Finding]:
    """Return the findings of all audits, by their number."""
    with engine.connect() as connection:
        rows = connection.execute(select(findings).order_by(findings.c.number)).mappings()
        return [as_finding(row) for row in rows]


def finding(connection: Connection, number: int) -> Finding | None:
    """Return one finding, locked until the transaction ends; None if there is none."""
    query = select(findings).where(findings.c.number == number).with_for_update()
    row = connection.execute(query).mappings().first()
    return None if row is None else as_finding(row)


def findings_numbered(connection: Connection, numbers: Collection[int]) -> list[Finding]:
    """Return the findings of these numbers."""
    found: list[Finding] = []
    for some in chunked(numbers):
        query = select(findings).where(findings.c.number.in_(some))
        found += map(as_finding, connection.execute(query).mappings())
    return found


def finding_of(connection: Connection, audit: str, check: Check) -> Finding | None:
    """Return the finding of one cause, locked until the transaction ends; None if there is none."""
    of_check = [findings.c[name] == getattr(check, name) for name in OF_CHECK]
    query = select(findings).where(findings.c.audit == audit, *of_check).with_for_update()
    row = connection.execute(query).mappings().first()
    return None if row is None else as_finding(row)


def history_of(engine: Engine, number: int) -> list[Happened]:
    """Return all that happened to a finding, the oldest first."""
    query = select(history).where(history.c.finding == number).order_by(history.c.place)
    with engine.connect() as connection:
        return [_happened(row) for row in connection.execute(query).mappings()]


def last_change(connection: Connection, numbers: Collection[int]) -> datetime | None:
    """Return when something last happened to any of these findings; None if nothing did."""
    times = [
        at
        for some in chunked(numbers)
        for at in connection.execute(
            select(func.max(history.c.at)).where(history.c.finding.in_(some))
        ).scalars()
        if at is not None
    ]
    return max(map(_in_utc, times), default=None)


def next_number(connection: Connection) -> int:
    """Return the number of the next finding; for who alone gives out numbers now."""
    return 1 + (connection.execute(select(func.max(findings.c.number))).scalar() or 0)


def add_findings(connection: Connection, new: Iterable[Finding]) -> None:
    """Write down findings that were not there before."""
    rows = [_row(each) for each in new]
    if rows:
        connection.execute(insert(findings), rows)


def change_finding(connection: Connection, changed: Finding) -> None:
    """Write down what a finding stands at now."""
    values = _row(changed)
    number = values.pop("number")
    connection.execute(update(findings).where(findings.c.number == number).values(**values))


def add_history(connection: Connection, happened: Iterable[tuple[int, Happened]]) -> None:
    """Add to the histories of findings, of each by its number."""
    told = list(happened)
    places = _places(connection, {number for number, _ in told})
    rows = []
    for number, line in told:
        places[number] = places.get(number, 0) + 1
        at = {"at": line.at.astimezone(UTC)}
        rows.append({"finding": number, "place": places[number], **asdict(line), **at})
    if rows:
        connection.execute(insert(history), rows)


def _places(connection: Connection, numbers: set[int]) -> dict[int, int]:
    """Return the last place in the history of each finding."""
    last = func.max(history.c.place)
    query = select(history.c.finding, last).group_by(history.c.finding)
    found: dict[int, int] = {}
    for some in chunked(numbers):
        rows = connection.execute(query.where(history.c.finding.in_(some)))
        found |= {row[0]: row[1] for row in rows}
    return found


def _row(of: Finding) -> dict[str, Any]:
    values = asdict(of)
    check = values.pop("check")
    values |= {name: values[name].astimezone(UTC) for name in ("opened", "start")}
    return values | {name: check[name] for name in OF_CHECK}


def as_finding(row: RowMapping) -> Finding:
    """Return the finding that stands in a row of its table."""
    values = {name: value for name, value in row.items() if name not in OF_CHECK}
    return Finding(
        **values
        | {
            "check": Check(**{name: row[name] for name in OF_CHECK}),
            "severity": Severity(row["severity"]),
            "state": State(row["state"]),
            "verdict": Verdict(row["verdict"]),
            "opened": _in_utc(row["opened"]),
            "start": _in_utc(row["start"]),
        }
    )


def _happened(row: RowMapping) -> Happened:
    values = {name: value for name, value in row.items() if name not in {"finding", "place"}}
    return Happened(
        **values
        | {
            "change": Change(row["change"]),
            "severity": Severity(row["severity"]),
            "at": _in_utc(row["at"]),
        }
    )


def _in_utc(at: datetime) -> datetime:
    return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)  # SQLite keeps no zone: all UTC

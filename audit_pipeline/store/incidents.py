"""What pagers hold open: which incident is about which findings, until all of them are settled."""

from collections.abc import Collection

from sqlalchemy import Connection, Engine, delete, insert, select

from audit_pipeline.store.alert_tables import incidents

Incident = tuple[str, str]
"""The variable of an address, and the key by which its service knows the incident."""


def note_incident(engine: Engine, of: Incident, findings: Collection[int]) -> None:
    """Write down that a pager holds an incident open about findings."""
    with engine.begin() as connection:
        keep_incident(connection, of, findings)


def keep_incident(connection: Connection, of: Incident, findings: Collection[int]) -> None:
    """Write down that a pager holds an incident open, inside the caller's transaction."""
    channel, key = of
    rows = [{"channel": channel, "key": key, "finding": number} for number in sorted(set(findings))]
    if rows:
        forget_incident(connection, of)  # it may have been sent before, and not noted so
        connection.execute(insert(incidents), rows)


def open_incidents(connection: Connection) -> dict[Incident, set[int]]:
    """Return the findings of every incident that is open."""
    found: dict[Incident, set[int]] = {}
    for row in connection.execute(select(incidents)):
        found.setdefault((row.channel, row.key), set()).add(row.finding)
    return found


def forget_incident(connection: Connection, of: Incident) -> None:
    """Forget an incident: it is over, or begins anew."""
    channel, key = of
    t = incidents
    connection.execute(delete(t).where(t.c.channel == channel, t.c.key == key))

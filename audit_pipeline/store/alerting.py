"""Who was told of which finding, and how delivery to each address goes."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, select, update

from audit_pipeline import clock
from audit_pipeline.domain.finding import Finding, State
from audit_pipeline.store.alert_tables import alert_channels, alerted
from audit_pipeline.store.channels import LONGEST
from audit_pipeline.store.chunks import chunked
from audit_pipeline.store.finding_tables import findings
from audit_pipeline.store.findings import as_finding
from audit_pipeline.store.lineage_tables import outbox
from audit_pipeline.store.outbox import ALERTS, Waiting, in_queue, in_utc, these

TOLD, ESCALATED = "told", "escalated"
AT_ONCE = 500
"""Entries of one address that are looked at together."""
MOST = 20_000
"""Entries of one address that one round looks at."""

Heard = dict[tuple[int, str], datetime]
"""When an address was last told of a finding, by its number and the address' variable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """How delivery to one address goes; `failures` are those in a row, since `failing_since`."""

    failures: int = 0
    failing_since: datetime | None = None
    next_try: datetime | None = None
    problem: str | None = None
    delivered: datetime | None = None

    def is_left_alone(self, now: datetime) -> bool:
        """Return whether its next try is still to come; one far away is of a clock set back."""
        return self.next_try is not None and now < self.next_try < now + LONGEST


def heard_by(connection: Connection, finding: int) -> set[str]:
    """Return the addresses that were told of a finding."""
    query = select(alerted.c.channel).where(alerted.c.finding == finding)
    return set(connection.execute(query).scalars())


def note_heard(
    connection: Connection, channel: str, numbers: Collection[int], kind: str, at: datetime
) -> None:
    """Write down that an address is told of findings."""
    once = sorted(set(numbers))
    of = {"channel": channel, "kind": kind, "at": at.astimezone(UTC)}
    rows = [{"finding": number} | of for number in once]
    same = (alerted.c.channel == channel, alerted.c.kind == kind)
    for some in chunked(once):
        connection.execute(delete(alerted).where(*same, alerted.c.finding.in_(some)))
    if rows:
        connection.execute(insert(alerted), rows)


def forget(connection: Connection, numbers: Collection[int]) -> None:
    """Forget who was told of findings: they begin anew."""
    for some in chunked(numbers):
        connection.execute(delete(alerted).where(alerted.c.finding.in_(some)))


def last_heard(connection: Connection, kind: str) -> Heard:
    """Return when each address was last told of each finding."""
    query = select(alerted.c.finding, alerted.c.channel, alerted.c.at).where(alerted.c.kind == kind)
    return {(row[0], row[1]): in_utc(row[2]) for row in connection.execute(query)}


def standing(connection: Connection) -> list[Finding]:
    """Return the findings that are to be dealt with, by their number."""
    states = (State.OPEN.value, State.ACKNOWLEDGED.value)
    query = select(findings).where(findings.c.state.in_(states)).order_by(findings.c.number)
    return [as_finding(row) for row in connection.execute(query).mappings()]


def channel_states(engine: Engine) -> dict[str, ChannelState]:
    """Return how delivery goes to each address to which something was ever sent."""
    with engine.connect() as connection:
        rows = connection.execute(select(alert_channels)).mappings().all()
    return {row["channel"]: ChannelState(**_times(dict(row))) for row in rows}


def _times(row: dict[str, Any]) -> dict[str, Any]:
    del row["channel"]
    return {n: in_utc(v) if isinstance(v, datetime) else v for n, v in row.items()}


def note_channels(connection: Connection, states: Mapping[str, ChannelState]) -> None:
    """Write down how delivery to addresses goes, by their variables."""
    rows = [{"channel": channel} | _in_utc(asdict(state)) for channel, state in states.items()]
    known = [{"known": channel} for channel in states]
    if rows:
        same = alert_channels.c.channel == bindparam("known")
        connection.execute(delete(alert_channels).where(same), known)
        connection.execute(insert(alert_channels), rows)


def _in_utc(values: dict[str, Any]) -> dict[str, Any]:
    return {n: v.astimezone(UTC) if isinstance(v, datetime) else v for n, v in values.items()}


def note_untaken(
    connection: Connection, number: int, problem: str, *, attempts: int, aside: bool
) -> None:
    """Write down that an alert was not taken: it waits on, or is set `aside`."""
    query = update(outbox).where(outbox.c.number == number, outbox.c.state == "waiting")
    state = "set_aside" if aside else "waiting"
    at = clock.now()
    connection.execute(query.values(state=state, attempts=attempts, problem=problem, changed=at))


def streams_waiting(engine: Engine) -> dict[str, int]:
    """Return how many alerts wait in each stream: an address' variable, or nobody's yet."""
    query = select(outbox.c.stream, func.count()).where(*in_queue(ALERTS)).group_by(outbox.c.stream)
    with engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def stream(engine: Engine, name: str, most: int = AT_ONCE) -> list[Waiting]:
    """Return the alerts of a stream that wait, those that failed before last, longest ago first."""
    query = (
        select(outbox.c.number, outbox.c.problem, outbox.c.changed)
        .where(*in_queue(ALERTS), outbox.c.stream == name)
        .order_by(outbox.c.number)
        .limit(most)
    )
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    later = {row.number: row.changed for row in rows if row.problem is not None}
    numbers = [row.number for row in rows]
    entries = [entry for some in chunked(numbers) for entry in these(engine, ALERTS, some)]
    fresh = [entry for entry in entries if entry.number not in later]
    tried = [entry for entry in entries if entry.number in later]
    return fresh + sorted(tried, key=lambda entry: (later[entry.number], entry.number))


def take(connection: Connection, numbers: Iterable[int], problem: str | None = None) -> list[int]:
    """Take entries out of the queue for other ones; return those that still waited."""
    taken = []
    for number in numbers:
        query = update(outbox).where(outbox.c.number == number, outbox.c.state == "waiting")
        done = query.values(state="delivered", problem=problem, changed=clock.now())
        if connection.execute(done).rowcount:
            taken.append(number)
    return taken

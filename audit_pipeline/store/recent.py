"""What the store knows of the newest windows of all audits, in a few questions however many."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Engine, Row, Select, Table, func, select

from audit_pipeline.domain.finding import Change, State
from audit_pipeline.domain.window import LOCAL, in_time
from audit_pipeline.store.chunks import chunked
from audit_pipeline.store.finding_tables import findings
from audit_pipeline.store.finding_tables import history as finding_history
from audit_pipeline.store.schema import claims, measurements, runs, verdicts

Key = tuple[str, str, int]
"""Audit, window, revision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """The last revision of one window."""

    audit: str
    window: str
    revision: int
    verdict: str

    @property
    def key(self) -> Key:
        """What its results go by."""
        return self.audit, self.window, self.revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """The largest number that a metric gave in one revision, of all its subjects.

    `used` is the fewest rows that any of them was measured on.
    """

    key: Key
    metric: str
    value: float
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a number is of: a column, a group or all rows; and what it is of the baseline."""

    name: str
    baseline: float | None


def recent_windows(engine: Engine, at_most: int) -> dict[str, list[Recent]]:
    """Return the last revision of the newest windows of every audit, the oldest window first."""
    t = claims
    by_time = func.substr(t.c.window, 1, LOCAL).desc()
    ranked = (
        select(
            t.c.audit,
            t.c.window,
            t.c.revision,
            t.c.verdict,
            func.dense_rank().over(partition_by=t.c.audit, order_by=by_time).label("place"),
            func.row_number()
            .over(partition_by=(t.c.audit, t.c.window), order_by=t.c.revision.desc())
            .label("age"),
        )
        .where(t.c.state == "sealed")
        .subquery()
    )
    last = select(ranked).where(ranked.c.place <= at_most, ranked.c.age == 1)
    found: dict[str, list[Recent]] = {}
    for row in _rows(engine, last):
        recent = Recent(
            audit=row.audit, window=row.window, revision=row.revision, verdict=row.verdict
        )
        found.setdefault(row.audit, []).append(recent)
    return {
        audit: sorted(windows, key=lambda each: in_time(each.window))[-at_most:]
        for audit, windows in found.items()
    }


def audited_at(engine: Engine) -> dict[str, datetime]:
    """Return when each audit was last made, in UTC."""
    query = select(runs.c.audit, func.max(runs.c.updated).label("at"))
    rows = _rows(engine, query.where(runs.c.outcome == "audited").group_by(runs.c.audit))
    return {row.audit: row.at.replace(tzinfo=row.at.tzinfo or UTC).astimezone(UTC) for row in rows}


def counted(engine: Engine, keys: Collection[Key]) -> dict[Key, dict[str, int]]:
    """Return how many checks of each revision ended with which verdict."""
    t, found = verdicts, dict[Key, dict[str, int]]()
    query = select(*_key(t), t.c.verdict, func.count().label("many"))
    for key, row in _of(engine, query.group_by(*_key(t), t.c.verdict), t, keys):
        found.setdefault(key, {})[row.verdict] = row.many
    return found


def worst_of(engine: Engine, keys: Collection[Key], metrics: Sequence[str]) -> Iterator[Worst]:
    """Yield the largest number of each metric in each revision."""
    t = measurements
    value, used = func.max(t.c.value).label("value"), func.min(t.c.rows_used).label("used")
    query = select(*_key(t), t.c.metric, value, used).where(t.c.metric.in_(metrics))
    for key, row in _of(engine, query.group_by(*_key(t), t.c.metric), t, keys):
        yield Worst(key=key, metric=row.metric, value=row.value, used=row.used)


def subjects_of(
    engine: Engine, keys: Collection[Key], metrics: Sequence[str]
) -> dict[tuple[Key, str], Subject]:
    """Return whose number was the largest, by revision and metric."""
    t = measurements
    query = select(*_key(t), t.c.metric, t.c.subject, t.c.baseline_value)
    query = query.where(t.c.metric.in_(metrics)).order_by(t.c.value, t.c.subject)
    rows = _of(engine, query, t, keys)
    return {  # the last stays
        (key, row.metric): Subject(name=row.subject, baseline=row.baseline_value)
        for key, row in rows
    }


def waivers(engine: Engine) -> dict[int, tuple[str, str]]:
    """Return who answers for each waived finding, by its number, and in which words."""
    t = finding_history
    query = select(t.c.finding, t.c.by, t.c.words).join(findings, findings.c.number == t.c.finding)
    query = query.where(findings.c.state == State.WAIVED, t.c.change == Change.WAIVED)
    rows = _rows(engine, query.order_by(t.c.place))
    return {row.finding: (row.by, row.words) for row in rows}  # the last stays


def store_mark(engine: Engine) -> str:
    """Return a text that differs once an audit was made, or a finding changed its state."""
    audits = select(func.max(runs.c.updated), func.count()).select_from(runs)
    states = select(findings.c.state, func.count()).group_by(findings.c.state)
    found = [_rows(engine, audits), _rows(engine, states.order_by(findings.c.state))]
    return repr([[tuple(row) for row in rows] for rows in found])


def _key(t: Table) -> tuple[Column[Any], ...]:
    return t.c.audit, t.c.window, t.c.revision


def _of(
    engine: Engine, query: Select[*tuple[Any, ...]], t: Table, keys: Collection[Key]
) -> Iterator[tuple[Key, Row[*tuple[Any, ...]]]]:
    """Yield the rows of some revisions.

    Audits and windows are named apart, so that the database finds each by its key: of a list of
    pairs SQLite would read the whole table. What it finds too much is left out here.
    """
    wanted = frozenset(keys)
    for some in chunked({audit for audit, _, _ in wanted}):
        named = frozenset(some)
        windows = sorted({window for audit, window, _ in wanted if audit in named})
        for row in _rows(engine, query.where(t.c.audit.in_(some), t.c.window.in_(windows))):
            key = (row.audit, row.window, row.revision)
            if key in wanted:
                yield key, row


def _rows(engine: Engine, query: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
    with engine.connect() as connection:  # given back at once: whoever writes waits for it
        return connection.execute(query).all()

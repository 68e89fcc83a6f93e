"""Which field comes from which, as other tools told it: written by table, found by table."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, or_, select

from audit_pipeline.domain.lineage import WHOLE, Dataset, Edge, Field, Transformation
from audit_pipeline.domain.storable import storable, storable_in
from audit_pipeline.store.lineage_tables import edges, same_tables
from audit_pipeline.store.upsert import digest, put

ASSUMED = Transformation(subtype="TRANSFORMATION", description="read and written by the same job")
"""How a table comes from another where nobody told more."""
AT_ONCE = 200
"""So many tables are asked for in one query."""


@dataclass(frozen=True, slots=True)
class Told:
    """An edge, and the job that told of it; empty where a catalogue told it of the table itself."""

    edge: Edge
    job: str


def put_edges(connection: Connection, job: str, told: Iterable[Edge], at: datetime) -> None:
    """Write edges; of those with the same two ends, all transformations together."""
    hows: dict[tuple[Field, Field], list[Transformation]] = {}
    for edge in told:
        hows.setdefault((edge.source, edge.target), []).append(edge.how)
    rows = [
        {"job": job, "how": _text(how), "seen": at, **_ends(source, target, job)}
        for (source, target), how in hows.items()
    ]
    put(connection, edges, rows, "how", "seen")


def _ends(source: Field, target: Field, job: str) -> dict[str, str]:
    ends = {
        "source_namespace": source.dataset.namespace,
        "source_name": source.dataset.name,
        "source_field": source.name,
        "target_namespace": target.dataset.namespace,
        "target_name": target.dataset.name,
        "target_field": target.name,
    }
    return {"key": digest(*ends.values(), job), **ends}


def _text(hows: Sequence[Transformation]) -> str:
    told = storable_in([asdict(how) for how in hows])
    return json.dumps(told, sort_keys=True, ensure_ascii=False)


def forget_assumed(connection: Connection, job: str, explained: Iterable[Dataset]) -> None:
    """Forget what was assumed of the tables that a job writes, of which more is known now."""
    for table in sorted(explained):
        connection.execute(
            delete(edges).where(
                edges.c.target_namespace == table.namespace,
                edges.c.target_name == table.name,
                edges.c.target_field == WHOLE,
                edges.c.job == job,
                edges.c.how == _text([ASSUMED]),
            )
        )


def put_same(
    connection: Connection, pairs: Iterable[tuple[Dataset, Dataset]], at: datetime
) -> None:
    """Write down that two names are of one table, so that either is found by the other."""
    rows = [
        {
            "key": digest(one.namespace, one.name, other.namespace, other.name),
            "namespace": one.namespace,
            "name": one.name,
            "other_namespace": other.namespace,
            "other_name": other.name,
            "seen": at,
        }
        for pair in pairs
        for one, other in (pair, pair[::-1])
    ]
    put(connection, same_tables, rows, "seen")


def other_names(
    connection: Connection, tables: Iterable[Dataset]
) -> Iterator[tuple[Dataset, Dataset]]:
    """Yield each table with each other name that was told of it."""
    t = same_tables
    for where in _named(t.c.namespace, t.c.name, tables):
        for row in connection.execute(select(t).where(where)):
            yield Dataset(row.namespace, row.name), Dataset(row.other_namespace, row.other_name)


def edges_into(connection: Connection, tables: Iterable[Dataset], most: int) -> list[Told]:
    """Return the edges that end in tables, at most so many of each query."""
    return [
        told
        for where in _named(edges.c.target_namespace, edges.c.target_name, tables)
        for told in _told(connection, where, most)
    ]


def edges_within(
    connection: Connection, folders: Iterable[tuple[str, str]], most: int
) -> list[Told]:
    """Return the edges that end in tables whose name begins so, by namespace and beginning."""
    name = edges.c.target_name
    found = []
    for some in _some(list(folders)):
        each = [
            and_(edges.c.target_namespace == namespace, _begins(connection, name, begins))
            for namespace, begins in some
        ]
        found += _told(connection, or_(*each), most)
    return found


def _begins(connection: Connection, name: Any, begins: str) -> ColumnElement[bool]:  # noqa: ANN401 (a column)
    """Return a condition that keeps upper and lower case apart, and uses the index if it can."""
    begins = storable(begins)
    if connection.dialect.name == "postgresql":  # sorts by language: there is no range to ask for
        return name.startswith(begins, autoescape=True)  # type: ignore[no-any-return]
    return and_(name >= begins, name < begins[:-1] + chr(ord(begins[-1]) + 1))


def _named(namespace: Any, name: Any, tables: Iterable[Dataset]) -> Iterator[ColumnElement[bool]]:  # noqa: ANN401 (columns)
    by_namespace: dict[str, list[str]] = {}
    for table in tables:
        by_namespace.setdefault(table.namespace, []).append(table.name)
    for place, names in by_namespace.items():
        for some in _some(names):
            yield and_(namespace == place, name.in_(some))


T = TypeVar("T")


def _some(of: Sequence[T]) -> Iterator[Sequence[T]]:
    return (of[at : at + AT_ONCE] for at in range(0, len(of), AT_ONCE))


def _told(connection: Connection, where: ColumnElement[bool], most: int) -> list[Told]:
    order = (edges.c.target_name, edges.c.target_field, edges.c.source_name, edges.c.source_field)
    query = select(edges).where(where).order_by(*order, edges.c.key).limit(most)
    return [told for row in connection.execute(query).mappings() for told in _edges(row)]


def _edges(row: RowMapping) -> Iterator[Told]:
    source, target = (_field(row, end) for end in ("source", "target"))
    hows: list[Mapping[str, Any]] = json.loads(row["how"])
    for how in hows:
        yield Told(Edge(source, target, Transformation(**how)), row["job"])


def _field(row: RowMapping, end: str) -> Field:
    return Field(Dataset(row[f"{end}_namespace"], row[f"{end}_name"]), row[f"{end}_field"])

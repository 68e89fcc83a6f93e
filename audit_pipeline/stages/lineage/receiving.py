"""What other tools tell of the tables before ours: received, kept, and joined to our sources."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from audit_pipeline.audits.home import Home, lineage_namespace, receiver_key
from audit_pipeline.domain.lineage import Dataset, Edge, Field, LineageGraph
from audit_pipeline.lineage.receiver.places import around, holds, inside, place
from audit_pipeline.store.known_edges import Told, edges_into, edges_within, other_names
from audit_pipeline.store.store import Store

if TYPE_CHECKING:
    from sqlalchemy import Connection

# ruff: noqa: PLC0415 (who only reads what was received does not pay for a web server)

MOST_EDGES = 10_000
MOST_STEPS = 50


def served(home: Home, host: str, port: int, ready: Callable[[str, bool], None]) -> None:
    """Receive events of other tools until told to end; `ready` is told the address.

    And whether it is open: to be reached from other machines, with no key asked for.

    Raises:
        OSError: Nothing can listen there.
        StoreError: The results store cannot be used.
    """
    from audit_pipeline.lineage.receiver.serving import is_local, serve

    key = receiver_key()
    is_open = not key and not is_local(host)
    store = Store(home.store_url)
    try:
        serve(store.engine, host, port, key, lambda address: ready(address, is_open))
    finally:
        store.close()


def known_upstream(home: Home, datasets: Iterable[Dataset]) -> LineageGraph:
    """Return what other tools told of where datasets come from, back to the first tables.

    The datasets keep the names they are asked by, so that the graph joins ours. A table that is
    known by several names, or as the folder that a file is in, is taken for the one. At most
    10,000 edges and 50 steps; where it was cut, the dataset's title says so. Titles name the jobs.
    What others tell of our own namespace is passed over: audits know what they made of what.

    Raises:
        StoreError: The results store cannot be used.
    """
    store = Store(home.store_url)
    try:
        with store.engine.connect() as connection:
            walk = _Walk(connection)
            walk.back(datasets)
    finally:
        store.close()
    return LineageGraph(tuple(walk.edges), dict(_titles(walk)))


@dataclass
class _Walk:
    """A walk backwards from datasets, a step at a time."""

    connection: "Connection"
    edges: dict[Edge, None] = field(default_factory=dict[Edge, None])
    jobs: dict[Dataset, dict[str, None]] = field(default_factory=dict[Dataset, dict[str, None]])
    cut: set[Dataset] = field(default_factory=set[Dataset])

    def back(self, datasets: Iterable[Dataset]) -> None:
        """Walk from datasets; a circle is walked once."""
        named = {place(each.namespace, each.name): each for each in datasets}
        asked = {known: each for known, each in named.items() if not _is_ours(known)}
        seen = set(asked)
        for step in range(MOST_STEPS + 1):
            found = list(self._step(asked))
            if found and (step == MOST_STEPS or len(self.edges) >= MOST_EDGES):
                self.cut.update(target for target, _ in found)
                return
            self._take(found)
            if len(found) >= MOST_EDGES:  # there may be more that was not even asked for
                self.cut.update(target for target, _ in found)
            sources = dict.fromkeys(told.edge.source.dataset for _, told in found)
            asked = {each: each for each in sources if each not in seen}
            seen.update(asked)
            if not asked:
                return

    def _take(self, found: Iterable[tuple[Dataset, Told]]) -> None:
        for target, told in found:
            if target == told.edge.source.dataset:
                continue
            if len(self.edges) >= MOST_EDGES:
                self.cut.add(target)
                continue
            edge = replace(told.edge, target=Field(target, told.edge.target.name))
            self.edges[edge] = None
            if told.job:
                self.jobs.setdefault(target, {})[told.job] = None

    def _step(self, asked: Mapping[Dataset, Dataset]) -> Iterator[tuple[Dataset, Told]]:
        """Yield the edges into datasets, each with the name that the dataset was asked by."""
        named = self._names(asked)
        for told in edges_into(self.connection, named, MOST_EDGES):
            if not _is_of_ours(told.edge):
                yield from ((target, told) for target in named[told.edge.target.dataset])
        for target, told in self._within(asked):
            if not _is_of_ours(told.edge):
                yield target, told

    def _names(self, asked: Mapping[Dataset, Dataset]) -> dict[Dataset, list[Dataset]]:
        """Return all names that stand for datasets, or for folders they are in."""
        named: dict[Dataset, list[Dataset]] = {}
        for known, target in asked.items():
            for each in (known, *around(known)):
                named.setdefault(each, []).append(target)
        for one, other in other_names(self.connection, list(named)):
            more = named.setdefault(other, [])
            more += [target for target in named[one] if target not in more]
        return named

    def _within(self, asked: Mapping[Dataset, Dataset]) -> Iterator[tuple[Dataset, Told]]:
        """Yield the edges into files within folders that are asked for."""
        folders = {known: begins for known in asked if (begins := inside(known)) is not None}
        prefixes = [(known.namespace, begins) for known, begins in folders.items()]
        for told in edges_within(self.connection, prefixes, MOST_EDGES):
            at = told.edge.target.dataset
            for known in folders:
                if known.namespace == at.namespace and holds(known, at.name):
                    yield asked[known], told


def _is_of_ours(edge: Edge) -> bool:
    """Return whether an edge ends or begins in the namespace of what audits make.

    Whoever can send events could falsify by it what a verdict rests on, or what rests on a column.
    """
    return _is_ours(edge.source.dataset) or _is_ours(edge.target.dataset)


def _is_ours(at: Dataset) -> bool:
    return at == place(lineage_namespace(), at.name)  # as it was received


def _titles(walk: _Walk) -> Iterator[tuple[Dataset, str]]:
    for at in dict.fromkeys((*walk.jobs, *sorted(walk.cut))):
        jobs = list(walk.jobs.get(at, ()))
        made = f"made by {', '.join(jobs[:2])}" if jobs else ""
        more = f" and {len(jobs) - 2} more jobs" if len(jobs) > 2 else ""  # noqa: PLR2004 (are named)
        cut = f"more before it is not shown: {MOST_EDGES:,} edges or {MOST_STEPS} steps are"
        yield at, "; ".join(filter(None, (made + more, cut if at in walk.cut else "")))

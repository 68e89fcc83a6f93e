"""What rests on what: from the column of a source to the verdict, as fields of datasets.

Everything in a lineage is a field of a dataset: a column of a table, a column of a profile, a check
of a stage, the verdict. So one picture holds what other tools tell of the tables before ours.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

WHOLE = ""
"""The name of the field that stands for all rows of a dataset, whatever its columns."""


@dataclass(frozen=True, slots=True, order=True)
class Dataset:
    """A table, a file, or what a stage makes, by the names that OpenLineage gives such things.

    `namespace` is where it is (`file`, `postgres://host:5432`, `s3://bucket`), `name` what it is
    called there. Neither ever holds credentials.
    """

    namespace: str
    name: str

    def __str__(self) -> str:
        """Return both as one text, for people."""
        return f"{self.namespace} {self.name}"


@dataclass(frozen=True, slots=True, order=True)
class Field:
    """One column of a dataset, one check of a stage; or `WHOLE`, its rows as such."""

    dataset: Dataset
    name: str

    def __hash__(self) -> int:
        """Return a hash of the names alone: a thousand columns are looked up a million times."""
        return hash((self.dataset.name, self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Transformation:
    """How a field comes from another, in OpenLineage's words.

    `DIRECT`: its values are made from the other's. `INDIRECT`: the other decides which rows count.
    `subtype` is one of IDENTITY, TRANSFORMATION, AGGREGATION; JOIN, GROUP_BY, FILTER, SORT, WINDOW,
    CONDITIONAL. `masking` says that no value of the other can be read off it.
    """

    type: Literal["DIRECT", "INDIRECT"] = "DIRECT"
    subtype: str = "IDENTITY"
    description: str = ""
    masking: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """One field that rests on another."""

    source: Field
    target: Field
    how: Transformation = Transformation()

    def __hash__(self) -> int:
        """Return a hash of both ends: few fields rest on another in two ways."""
        return hash((self.source, self.target))


@dataclass(frozen=True)
class LineageGraph:
    """Which fields rest on which.

    A field of a dataset rests on whatever its dataset as a whole rests on, too: rows that a filter
    keeps out are missing from every column.

    >>> rows, kept = Dataset("file", "/rows.csv"), Dataset("audit_pipeline", "loans.snapshot")
    >>> income = Edge(Field(rows, "income"), Field(kept, "income"))
    >>> by_day = Edge(Field(rows, "day"), Field(kept, WHOLE), Transformation(type="INDIRECT"))
    >>> graph = LineageGraph((income, by_day))
    >>> [edge.source.name for edge in graph.upstream([Field(kept, "income")]).edges]
    ['income', 'day']
    """

    edges: tuple[Edge, ...]
    titles: Mapping[Dataset, str] = field(default_factory=dict[Dataset, str])
    """What people call a dataset, where its own name would not tell them."""

    @cached_property
    def fields(self) -> frozenset[Field]:
        """All fields that an edge names."""
        return frozenset(at for edge in self.edges for at in (edge.source, edge.target))

    @cached_property
    def into(self) -> Mapping[Field, tuple[Edge, ...]]:
        """The edges that end at each field."""
        return _by(self.edges, lambda edge: edge.target)

    @cached_property
    def out_of(self) -> Mapping[Field, tuple[Edge, ...]]:
        """The edges that begin at each field."""
        return _by(self.edges, lambda edge: edge.source)

    def upstream(self, fields: Iterable[Field]) -> "LineageGraph":
        """Return what the fields rest on, back to the sources; the nearest edges come first."""
        return self._walk(fields, self.edges_into, lambda edge: edge.source)

    def downstream(self, fields: Iterable[Field]) -> "LineageGraph":
        """Return what rests on the fields, on to the verdict; the nearest edges come first."""
        return self._walk(fields, self.edges_out_of, lambda edge: edge.target)

    def edges_into(self, at: Field) -> tuple[Edge, ...]:
        """Return the edges by which a field rests on others: its own, and those of its dataset."""
        whole = self.into.get(Field(at.dataset, WHOLE), ()) if at.name != WHOLE else ()
        return (*self.into.get(at, ()), *whole)

    def edges_out_of(self, at: Field) -> tuple[Edge, ...]:
        """Return the edges by which others rest on a field; on all rows every field does."""
        of = self.out_of.get(at, ())
        return of if at.name != WHOLE else self._out_of_dataset.get(at.dataset, of)

    def joined(self, other: "LineageGraph") -> "LineageGraph":
        """Return both graphs as one, each edge once."""
        if not other.edges:
            return self
        edges = dict.fromkeys((*self.edges, *other.edges))
        return LineageGraph(tuple(edges), {**other.titles, **self.titles})

    @cached_property
    def _out_of_dataset(self) -> Mapping[Dataset, tuple[Edge, ...]]:
        found: dict[Dataset, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            found[edge.source.dataset].append(edge)
        return {at: tuple(each) for at, each in found.items()}

    def _walk(
        self,
        fields: Iterable[Field],
        edges: Callable[[Field], tuple[Edge, ...]],
        end: Callable[[Edge], Field],
    ) -> "LineageGraph":
        return LineageGraph(tuple(dict.fromkeys(_reached(fields, edges, end))), self.titles)


def _reached(
    fields: Iterable[Field],
    edges: Callable[[Field], tuple[Edge, ...]],
    end: Callable[[Edge], Field],
) -> Iterator[Edge]:
    """Yield the edges within reach, each once, breadth first; a circle is walked once."""
    waiting = list(dict.fromkeys(fields))
    seen = set(waiting)
    for at in waiting:  # grows while it is walked
        for edge in edges(at):
            yield edge
            if end(edge) not in seen:
                seen.add(end(edge))
                waiting.append(end(edge))


def _by(edges: Iterable[Edge], key: Callable[[Edge], Field]) -> Mapping[Field, tuple[Edge, ...]]:
    found: dict[Field, list[Edge]] = defaultdict(list)
    for edge in edges:
        found[key(edge)].append(edge)
    return {at: tuple(each) for at, each in found.items()}

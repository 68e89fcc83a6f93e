"""The edges of a lineage, sorted by where they end: tables, columns, counts, checks."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from audit_pipeline.domain.lineage import WHOLE, Dataset, Edge, Field, LineageGraph

ROWS, COUNTS, BASELINE, VERDICTS = "snapshot", "profile", "baseline", "verdicts"
CHECKING = ("rule_results", "drift", "performance", "fairness", "explanations")
MODEL = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A table or a file: what it is to this audit, its short name, and the whole one."""

    dataset: Dataset
    title: str

    @property
    def name(self) -> str:
        """Return the last part of its name: of a path the file, of a table's name the table.

        >>> Place(dataset=Dataset("file", "/data/loans.parquet"), title="table").name
        'loans.parquet'
        """
        return self.dataset.name.rstrip("/").rsplit("/", maxsplit=1)[-1] or self.dataset.name


@dataclass(kw_only=True)
class Ends:
    """What edges end at what, of one audit."""

    origins: dict[str, list[Edge]] = field(default_factory=dict)
    """By column: what its values are made from."""
    needed: dict[str, None] = field(default_factory=dict)
    """Columns that a check or a count needs, whether or not they are there."""
    checks: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """By asset and field of a check: the columns it needs."""
    of_model: set[tuple[str, str]] = field(default_factory=set)
    """Checks that ask the model itself."""
    reads: dict[str, frozenset[str]] = field(default_factory=dict)
    """By asset of checks: what it reads."""
    deciding: list[Edge] = field(default_factory=list)
    """Edges by which a field decides which rows count."""
    feeding: dict[Dataset, None] = field(default_factory=dict)
    comparing: dict[Dataset, None] = field(default_factory=dict)
    earlier: list[Edge] = field(default_factory=list)
    titles: Mapping[Dataset, str] = field(default_factory=dict)
    own: Mapping[Dataset, str] = field(default_factory=dict)

    @property
    def model(self) -> Place | None:
        """The model's file, where the audit has one."""
        found = (at for at, title in self.titles.items() if title == MODEL and at not in self.own)
        return next((Place(dataset=at, title="Model") for at in found), None)

    @property
    def sources(self) -> tuple[Place, ...]:
        """The tables of the window."""
        return self._places(self.feeding, "Table")

    @property
    def baselines(self) -> tuple[Place, ...]:
        """The tables of the baseline."""
        return self._places(self.comparing, "Baseline table")

    @property
    def before(self) -> tuple[Place, ...]:
        """Tables that the sources themselves are made from."""
        known = {*self.feeding, *self.comparing}
        near = dict.fromkeys(e.source.dataset for e in self.earlier if e.target.dataset in known)
        return tuple(Place(dataset=at, title="Earlier table") for at in near if at not in known)

    @property
    def further(self) -> tuple[Place, ...]:
        """Tables before those, all the way back."""
        near = {place.dataset for place in self.before}
        known = {*self.feeding, *self.comparing, *near}
        far = dict.fromkeys(e.source.dataset for e in self.earlier)
        return tuple(Place(dataset=at, title="Earlier table") for at in far if at not in known)

    @property
    def told(self) -> tuple[Edge, ...]:
        """What other tools tell of the tables before."""
        return tuple(self.earlier)

    @property
    def by_column(self) -> dict[str, list[Edge]]:
        """The edges by which rows are decided, by the column that does; it may be one of a source.

        A key by which a table is joined goes by its name, whichever table has it.
        """
        columns, found = dict[Field, str](), dict[str, list[Edge]]()
        for name, edges in self.origins.items():
            for edge in edges:
                columns.setdefault(edge.source, name)  # its own first, then what is made from it
        for edge in self.deciding:
            if edge.source.name == WHOLE:
                continue  # rows that come from rows: nothing decides
            found.setdefault(columns.get(edge.source, edge.source.name), []).append(edge)
        return found

    def _places(self, found: Mapping[Dataset, None], default: str) -> tuple[Place, ...]:
        model = self.model
        return tuple(
            Place(dataset=at, title=(self.titles.get(at) or default).capitalize())
            for at in found
            if model is None or at != model.dataset
        )


def sorted_by_end(graph: LineageGraph, audit: str) -> Ends:
    """Return the edges of an audit's graph by where they end; each is looked at once."""
    ends = Ends(titles=graph.titles, own=_own(graph, audit))
    for edge in graph.edges:
        asset = ends.own.get(edge.target.dataset)
        if asset in CHECKING:
            _checking(ends, edge, asset)
        elif asset == ROWS:
            _taken(ends, edge)
        elif asset == COUNTS:
            _counting(ends, edge)
        elif asset == BASELINE:
            ends.comparing[edge.source.dataset] = None
        elif asset is None and edge.source.dataset not in ends.own:
            ends.earlier.append(edge)
    return ends


def _own(graph: LineageGraph, audit: str) -> dict[Dataset, str]:
    """Return what the audit itself makes; a source may bear the name, but not in its namespace."""
    names = {f"{audit}.{asset}": asset for asset in (ROWS, COUNTS, BASELINE, VERDICTS, *CHECKING)}
    made = [e.target.dataset for e in graph.edges if e.target.dataset.name in names]
    judged = [at for at in made if names[at.name] == VERDICTS]
    namespace = next((at.namespace for at in (*judged, *made)), None)
    return {
        Dataset(str(namespace), name): asset
        for name, asset in names.items()
        if namespace is not None
    }


def _taken(ends: Ends, edge: Edge) -> None:
    of, name = edge.source, edge.target.name
    if edge.how.type == "INDIRECT":
        ends.deciding.append(edge)
    elif name != WHOLE:
        ends.origins.setdefault(name, []).append(edge)
    if of.dataset not in ends.own:
        ends.feeding[of.dataset] = None


def _counting(ends: Ends, edge: Edge) -> None:
    if edge.how.type == "INDIRECT":
        ends.deciding.append(edge)
    elif edge.target.name != WHOLE:
        ends.needed[edge.target.name] = None


def _checking(ends: Ends, edge: Edge, asset: str) -> None:
    read = ends.own.get(edge.source.dataset, MODEL)
    ends.reads[asset] = ends.reads.get(asset, frozenset()) | {read}
    at = (asset, edge.target.name)
    if read == MODEL:
        ends.of_model.add(at)
    elif edge.source.name != WHOLE:
        ends.checks.setdefault(at, []).append(edge.source.name)
        ends.needed[edge.source.name] = None

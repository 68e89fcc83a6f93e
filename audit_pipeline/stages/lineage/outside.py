"""What an audit reads and did not make: its tables and its model, as its file names them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.columns import Feature, Group
from audit_pipeline.domain.lineage import WHOLE, Dataset, Edge, Field
from audit_pipeline.stages.landing import roles
from audit_pipeline.stages.lineage.edges import origins_of, rows_taken
from audit_pipeline.stages.lineage.names import made_by, model_of
from audit_pipeline.stages.lineage.roles import roles_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The tables and the model of one audit, and what is made of their columns.

    `by_place` says what is made of each; `kinds` are those of the audit file; `roles` what the
    audit takes each for: the `table` of the window, the `baseline table`; `words` are of its
    columns.
    """

    audit: Audit
    by_place: Mapping[Dataset, tuple[Edge, ...]]
    kinds: Mapping[Dataset, str]
    roles: Mapping[Dataset, tuple[str, ...]]
    words: Mapping[str, "Words"]

    def feeding(self, asset: str) -> tuple[Dataset, ...]:
        """Return what a stage asset reads of it."""
        made = made_by(self.audit.name, asset)
        return tuple(
            place
            for place, edges in self.by_place.items()
            if any(edge.target.dataset == made for edge in edges)
        )


def outside_of(audit: Audit) -> Outside:
    """Return what an audit reads, as its file says it; no place is asked."""
    kinds: dict[Dataset, str] = {}
    said: dict[Dataset, list[str]] = {}
    for dataset, kind, role in _places(audit):
        kinds[dataset] = kind
        said.setdefault(dataset, []).append(role)
    edges: dict[Dataset, list[Edge]] = {}
    for edge in _edges(audit):
        edges.setdefault(edge.source.dataset, []).append(edge)
    return Outside(
        audit=audit,
        by_place={dataset: tuple(each) for dataset, each in edges.items()},
        kinds=kinds,
        roles={dataset: tuple(dict.fromkeys(named)) for dataset, named in said.items()},
        words=words_of(audit),
    )


def _places(audit: Audit) -> Iterator[tuple[Dataset, str, str]]:
    """Yield each dataset with its kind and what it is to the audit."""
    for tables, whose in ((audit.current, ""), (audit.baseline, "baseline ")):
        named = roles(tables)
        for role, origin in origins_of(audit, tables).items():
            yield from ((at, named[role].kind, f"{whose}{role}") for at in origin.datasets)
    model = model_of(audit)
    if model is not None and audit.model is not None:
        yield model, audit.model.format, "model"


def _edges(audit: Audit) -> Iterator[Edge]:
    for tables, asset in ((audit.current, "snapshot"), (audit.baseline, "baseline")):
        yield from rows_taken(audit, tables, made_by(audit.name, asset), None)
    model = model_of(audit)
    if model is not None:
        yield Edge(Field(model, WHOLE), Field(made_by(audit.name, "explanations"), WHOLE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One table or model, and all audits that read it.

    `readers` has for each audit what it takes it for; `columns` for each column what is made of it,
    and `words` what people call the column and what it is to an audit.
    """

    dataset: Dataset
    kind: str
    model: bool
    readers: Mapping[str, str]
    columns: Mapping[str, tuple[Field, ...]]
    words: Mapping[str, "Words"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What people call a column, if they do; its roles; and its kind, if the audit file says it."""

    title: str = ""
    roles: tuple[str, ...] = ()
    kind: str = ""


def words_of(audit: Audit) -> Mapping[str, Words]:
    """Return what to say of each declared column."""
    features, target = audit.columns.features, audit.columns.target
    described: dict[str, Feature | Group] = {**audit.columns.groups, **features}
    titles = {name: each.title for name, each in described.items()}
    if target is not None:
        titles[target.column] = target.title
    kinds = {name: feature.kind for name, feature in features.items()}
    return {
        name: Words(title=titles.get(name) or "", roles=roles, kind=kinds.get(name) or "")
        for name, roles in roles_of(audit).items()
    }


def places_of(all_outside: Iterable[Outside]) -> tuple[Place, ...]:
    """Return what the audits read, each place once, whoever reads it."""
    found: dict[Dataset, list[Outside]] = {}
    for outside in all_outside:
        for dataset in outside.kinds:
            found.setdefault(dataset, []).append(outside)
    return tuple(_place(dataset, readers) for dataset, readers in found.items())


def _place(dataset: Dataset, readers: list[Outside]) -> Place:
    columns: dict[str, dict[Field, None]] = {}
    words: dict[str, Words] = {}
    for outside in readers:
        said = outside.words
        for edge in outside.by_place.get(dataset, ()):
            columns.setdefault(edge.source.name, {})[edge.target] = None
            told = said.get(edge.target.name)
            known = words.get(edge.source.name, Words())
            if told is not None and edge.how.subtype == "IDENTITY" and not known.title:
                words[edge.source.name] = told
    columns.pop(WHOLE, None)
    return Place(
        dataset=dataset,
        kind=readers[0].kinds[dataset],
        model=dataset == model_of(readers[0].audit),
        readers={outside.audit.name: ", ".join(outside.roles[dataset]) for outside in readers},
        columns={name: tuple(made) for name, made in columns.items()},
        words=words,
    )

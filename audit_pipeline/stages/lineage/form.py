"""The form in which a lineage is handed to other programs."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.lineage import WHOLE, Dataset, Edge, Field
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.stages.lineage.names import model_of
from audit_pipeline.stages.lineage.questions import About, Answer, Direction
from audit_pipeline.stages.lineage.recorded import Recorded

Kind = Literal["column", "rows", "model", "check", "verdict"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetForm:
    """A table, a file, or what a stage makes, by its OpenLineage name; `title` is for people.

    `told` is what other tools told of it, such as the jobs that make it; null where they did not.
    """

    namespace: str
    name: str
    title: str
    told: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeForm:
    """A field of a dataset. `rows` is a dataset as a whole: its `field` is then empty.

    `metric`, `subject`, `verdict`, `reason` and `value` are those of a check; the last three are
    null where it is only planned, and `value` also where nothing was measured or the number is one
    person's. A node of kind `verdict` has the verdict of the whole audit.
    """

    id: str
    kind: Kind
    dataset: DatasetForm
    field: str
    metric: str | None = None
    subject: str | None = None
    verdict: Verdict | None = None
    reason: str | None = None
    value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeForm:
    """The node `target` rests on the node `source`, in OpenLineage's words.

    `DIRECT`: made from its values. `INDIRECT`: it decides which rows count, or how much. `told_by`
    says who knows it: this program, or an event of another tool that it `received`.
    """

    source: str
    target: str
    type: Literal["DIRECT", "INDIRECT"]
    subtype: str
    description: str
    masking: bool
    told_by: Literal["audit_pipeline", "received"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedForm:
    """What was asked: about what, by which name, which way; `nodes` are those it is about."""

    about: About
    name: str
    direction: Direction
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineageForm:
    """What `audit-pipeline lineage NAME --json` prints: the part of a lineage that was asked for.

    `window`, `revision` and `verdict` are null where the lineage is only planned. Keys are added,
    never changed or removed, within a `format`.
    """

    format: Literal[1] = 1
    audit: str
    window: str | None
    revision: int | None
    verdict: Verdict | None
    asked: AskedForm
    notes: tuple[str, ...]
    nodes: tuple[NodeForm, ...]
    edges: tuple[EdgeForm, ...]


def form_of(answer: Answer) -> LineageForm:
    """Return an answer in its published form: nodes and edges whole, none folded."""
    record, question = answer.recorded.record, answer.question
    return LineageForm(
        audit=answer.recorded.audit.name,
        window=record.window.key if record is not None else None,
        revision=record.revision if record is not None else None,
        verdict=answer.verdict,
        asked=AskedForm(
            about=question.about,
            name=question.name,
            direction=question.way,
            nodes=tuple(id_of(at) for at in answer.roots),
        ),
        notes=answer.notes,
        nodes=tuple(_node(answer, at) for at in sorted(answer.fields)),
        edges=tuple(_edges(answer.graph.edges, frozenset(answer.recorded.theirs.edges))),
    )


def id_of(at: Field) -> str:
    """Return a name of a field that is the same every night, and no other field's.

    >>> from audit_pipeline.domain.lineage import Dataset
    >>> id_of(Field(Dataset("file", "/data/loans.csv"), "income"))
    'file/%2Fdata%2Floans.csv/income'
    """
    parts: Sequence[str] = (at.dataset.namespace, at.dataset.name, at.name)
    return "/".join(quote(part, safe="") for part in parts)


def _node(answer: Answer, at: Field) -> NodeForm:
    check, outcome = answer.checks.get(at), answer.outcomes.get(at)
    return NodeForm(
        id=id_of(at),
        kind=_kind(answer, at),
        dataset=_dataset(answer.recorded, at.dataset),
        field=at.name,
        metric=check.name if check else None,
        subject=check.subject if check else None,
        verdict=answer.verdict if at == answer.end else outcome.verdict if outcome else None,
        reason=outcome.reason if outcome else None,
        value=value_of(outcome),
    )


def _dataset(recorded: Recorded, of: Dataset) -> DatasetForm:
    return DatasetForm(
        namespace=of.namespace,
        name=of.name,
        title=recorded.ours.titles.get(of, of.name),
        told=recorded.theirs.titles.get(of),
    )


def _kind(answer: Answer, at: Field) -> Kind:
    if at == answer.end:
        return "verdict"
    if at in answer.checks:
        return "check"
    if at.dataset == model_of(answer.recorded.audit):
        return "model"
    return "rows" if at.name == WHOLE else "column"


def value_of(outcome: Outcome | None) -> float | None:
    """Return the number that a check was judged by; JSON has none for what is no number."""
    measured = outcome.measurement if outcome is not None else None
    return measured.value if measured is not None and math.isfinite(measured.value) else None


def _edges(edges: Iterable[Edge], theirs: frozenset[Edge]) -> Iterable[EdgeForm]:
    for edge in edges:
        yield EdgeForm(
            source=id_of(edge.source),
            target=id_of(edge.target),
            type=edge.how.type,
            subtype=edge.how.subtype,
            description=edge.how.description,
            masking=edge.how.masking,
            told_by="received" if edge in theirs else "audit_pipeline",
        )

"""Ask a lineage what a column, the model, a metric or the verdict rests on; or what rests on it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from audit_pipeline.domain.check import Check, Outcome, publishable
from audit_pipeline.domain.lineage import WHOLE, Field, LineageGraph
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.stages.lineage.columns import (
    LineageQuestionError,
    find_columns,
    listed,
    nearest,
    remarks,
)
from audit_pipeline.stages.lineage.graph import checks_of
from audit_pipeline.stages.lineage.names import field_of, model_of, verdict_of
from audit_pipeline.stages.lineage.recorded import Recorded
from audit_pipeline.stages.planning import not_applicable, shape_of

Direction = Literal["upstream", "downstream"]
About = Literal["column", "model", "metric", "verdict"]
DIRECTIONS: Mapping[About, Direction] = {
    "column": "downstream",
    "model": "downstream",
    "metric": "upstream",
    "verdict": "upstream",
}
"""Which way is meant, where nobody says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: about one column, the model or one metric; else about the verdict."""

    about: About = "verdict"
    name: str = ""
    direction: Direction | None = None

    @property
    def way(self) -> Direction:
        """The direction that is asked for, or else the one that is meant."""
        return self.direction or DIRECTIONS[self.about]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is known: the part of the lineage that is asked for, and what became of its checks.

    `roots` are the fields that the question is about. `outcomes` are those of the window, without
    numbers that are one person's; none where the lineage is only planned.
    """

    recorded: Recorded
    question: Question
    roots: tuple[Field, ...]
    graph: LineageGraph
    checks: Mapping[Field, Check]
    outcomes: Mapping[Field, Outcome]
    notes: tuple[str, ...] = ()

    @property
    def end(self) -> Field:
        """The field that the audit's verdict is."""
        return verdict_of(self.recorded.audit.name)

    @property
    def verdict(self) -> Verdict | None:
        """The verdict of the window; None where nothing was audited."""
        return self.recorded.record.verdict if self.recorded.record is not None else None

    @property
    def fields(self) -> frozenset[Field]:
        """All fields of the answer."""
        return self.graph.fields | frozenset(self.roots)


def ask(recorded: Recorded, question: Question) -> Answer:
    """Return what a lineage says to a question.

    Raises:
        LineageQuestionError: There is no such column, model or metric.
    """
    graph = recorded.graph
    checks = _checks(recorded)
    roots, notes = _roots(recorded, graph, checks, question)
    downstream = question.way == "downstream"
    made = recorded.record.outcomes if recorded.record is not None else ()
    return Answer(
        recorded=recorded,
        question=question,
        roots=roots,
        graph=graph.downstream(roots) if downstream else graph.upstream(roots),
        checks=checks,
        outcomes={field_of(recorded.audit.name, o.check): _told(o) for o in made},
        notes=(*recorded.notes, *notes),
    )


def _told(outcome: Outcome) -> Outcome:
    """Return an outcome without a number that is one person's, which its reason would quote."""
    told = publishable(outcome)
    if told.measurement is outcome.measurement:
        return told
    return replace(told, reason="its number is that of a single row, and is not shown")


def _checks(recorded: Recorded) -> Mapping[Field, Check]:
    audit = recorded.audit
    found = checks_of(audit, shape_of(audit), recorded.record)
    return {field_of(audit.name, check): check for check in found}


def _roots(
    recorded: Recorded,
    graph: LineageGraph,
    checks: Mapping[Field, Check],
    question: Question,
) -> tuple[tuple[Field, ...], tuple[str, ...]]:
    if question.about == "column":
        found = find_columns(recorded, question.name)
        return found.roots(graph, question.way), remarks(recorded, found)
    if question.about == "metric":
        return _metric(recorded, checks, question.name), ()
    if question.about == "model":
        return (_model(recorded),), ()
    if question.way == "downstream":  # all of it, from the tables on
        return tuple(dict.fromkeys(e.source for e in graph.edges if e.source not in graph.into)), ()
    return (verdict_of(recorded.audit.name),), ()


def _model(recorded: Recorded) -> Field:
    model = model_of(recorded.audit)
    if model is None:
        name = recorded.audit.name
        raise LineageQuestionError(f"{name} names no model: it audits what is logged")
    return Field(model, WHOLE)


def _metric(recorded: Recorded, checks: Mapping[Field, Check], name: str) -> tuple[Field, ...]:
    found = tuple(at for at, check in checks.items() if name in {check.name, at.name})
    if found:
        return found
    audit = recorded.audit
    metric, _, subject = name.removesuffix(")").partition("(")
    subjects = [check.subject for check in checks.values() if check.name == metric]
    if subjects:
        raise LineageQuestionError(
            f"{audit.name} has no {metric} of {subject!r}{nearest(subject, subjects)}; it has that"
            f" of {listed(subjects)}"
        )
    missing = not_applicable(audit, shape_of(audit))
    if recorded.record is not None:
        missing = dict(recorded.record.not_applicable) or missing
    if metric in missing:
        raise LineageQuestionError(f"{audit.name} has no {metric}: {missing[metric]}")
    names = sorted({check.name for check in checks.values()})
    raise LineageQuestionError(
        f"{audit.name} has no metric or rule {metric!r}{nearest(metric, names)}; it has:"
        f" {listed(names)}"
    )

"""What the verdict rests on, read off the lineage for people: sources, columns, kinds of checks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from audit_pipeline.domain.check import Check, Outcome
from audit_pipeline.domain.intersection import BY
from audit_pipeline.domain.lineage import Dataset, Edge
from audit_pipeline.domain.verdict import Verdict, worst
from audit_pipeline.report import naming
from audit_pipeline.report.base import Lineage, ReportInput
from audit_pipeline.report.outcomes import worst_first
from audit_pipeline.report.places import Ends, Place, sorted_by_end

KINDS = {
    "rule_results": "Data rules",
    "drift": "Drift",
    "performance": "Performance",
    "fairness": "Fairness",
    "explanations": "Explanations",
}
"""What people call the checks of a stage asset, in the order of the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One audited column: where it comes from, and what rests on it.

    `about` are the checks that ask about this very column, worst first; `also` those that need it
    to ask about another, or about the model. By `deciding` it decides which rows count.
    """

    name: str
    title: str
    roles: tuple[str, ...] = ()
    origins: tuple[Edge, ...] = ()
    about: tuple[Outcome, ...] = ()
    also: tuple[Outcome, ...] = ()
    deciding: tuple[Edge, ...] = ()

    @property
    def verdict(self) -> Verdict | None:
        """The worst verdict of the checks about it; None where no check is about it alone."""
        return worst(o.verdict for o in self.about) if self.about else None

    @property
    def missing(self) -> bool:
        """Whether no source had it, though the audit asks for it."""
        return not self.origins and not self.deciding

    @property
    def decides(self) -> str:
        """How it decides which rows count, in words; empty where it does not."""
        words = (edge.how.description or edge.how.subtype.lower() for edge in self.deciding)
        return ", ".join(dict.fromkeys(words))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """The checks of one kind: what became of them, and what they read.

    `reads` names assets: `profile`, `baseline`, `snapshot` for the rows themselves, and `model`.
    """

    asset: str
    title: str
    outcomes: tuple[Outcome, ...]
    reads: frozenset[str]

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of its checks."""
        return worst(o.verdict for o in self.outcomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """Everything the verdict rests on, from left to right.

    `before` are tables that other tools say the sources are made from, `further` those before them.
    A table that the baseline and the window share is in both `sources` and `baselines`. `of_rows`
    are checks of the rows as such, `of_model` those of the model, which are about no column. `read`
    is false where the rows could not be read: then all this is what was planned.
    """

    before: tuple[Place, ...]
    further: tuple[Place, ...]
    told: tuple[Edge, ...]
    sources: tuple[Place, ...]
    baselines: tuple[Place, ...]
    model: Place | None
    columns: tuple[Column, ...]
    kinds: tuple[Kind, ...]
    of_rows: tuple[Outcome, ...]
    of_model: tuple[Outcome, ...]
    read: bool


def resting(report: ReportInput, lineage: Lineage) -> Resting:
    """Return what the verdict of a report rests on; columns in the order of the data."""
    ends = sorted_by_end(lineage.graph, report.record.audit)
    outcomes = {_field(o.check): o for o in report.record.outcomes}
    about, also = _asked(ends, outcomes)
    asked = {o.check for each in about.values() for o in each}
    loose = {at: outcome for at, outcome in outcomes.items() if outcome.check not in asked}
    deciding = ends.by_column
    absent = set(report.record.snapshot.missing_columns if report.record.snapshot else ())
    columns = tuple(
        Column(
            name=name,
            title=naming.column(report, name),
            roles=tuple(lineage.roles.get(name, ())),
            origins=() if name in absent else tuple(ends.origins.get(name, ())),
            about=tuple(worst_first(about.get(name, ()))),
            also=tuple(worst_first(also.get(name, ()))),
            deciding=tuple(deciding.get(name, ())),
        )
        for name in dict.fromkeys((*ends.origins, *ends.needed, *deciding))
    )
    return Resting(
        before=ends.before,
        further=ends.further,
        told=ends.told,
        sources=ends.sources,
        baselines=ends.baselines,
        model=ends.model,
        columns=columns,
        kinds=_kinds(report.record.outcomes, ends.reads),
        of_rows=tuple(o for at, o in loose.items() if at not in ends.of_model),
        of_model=tuple(o for at, o in loose.items() if at in ends.of_model),
        read=report.record.snapshot is not None,
    )


def made_from(column: Column, dataset: Dataset) -> bool:
    """Return whether the values of a column are made from a dataset."""
    return any(edge.source.dataset == dataset for edge in column.origins)


def logged_in(column: Column, places: Iterable[Place], model: Place | None) -> bool:
    """Return whether a column was read from one of the tables, and not made by the model."""
    if model is not None and made_from(column, model.dataset):
        return False
    return any(made_from(column, place.dataset) for place in places)


def _field(check: Check) -> tuple[str, str]:
    """Return the asset and the field that lineage knows a check by."""
    return check.asset, f"{check.name}({check.subject})"


def _asked(
    ends: Ends, outcomes: Mapping[tuple[str, str], Outcome]
) -> tuple[dict[str, list[Outcome]], dict[str, list[Outcome]]]:
    """Return by column the checks about it, and the further ones that need it.

    A check that names no column, such as accuracy, is about all it needs; one of the model itself
    is about none.
    """
    about: dict[str, list[Outcome]] = {}
    also: dict[str, list[Outcome]] = {}
    for at, outcome in outcomes.items():
        needed = dict.fromkeys(ends.checks.get(at, ()))
        named = _named(outcome.check.subject, ends.needed)
        of_all = () if at in ends.of_model else needed
        subjects = dict.fromkeys(named or of_all)
        for name in subjects:
            about.setdefault(name, []).append(outcome)
        for name in needed:
            if name not in subjects:
                also.setdefault(name, []).append(outcome)
    return about, also


def _named(subject: str, known: Mapping[str, object]) -> tuple[str, ...]:
    """Return the columns that a check's subject names: itself, or those it joins."""
    if subject in known:
        return (subject,)
    parts = subject.split(BY if BY in subject else ", ")
    return tuple(part for part in parts if part in known)


def _kinds(outcomes: Iterable[Outcome], reads: Mapping[str, frozenset[str]]) -> tuple[Kind, ...]:
    found: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        found.setdefault(outcome.check.asset, []).append(outcome)
    order = [*(a for a in KINDS if a in found), *sorted(a for a in found if a not in KINDS)]
    return tuple(
        Kind(
            asset=asset,
            title=KINDS.get(asset, asset.replace("_", " ").capitalize()),
            outcomes=tuple(worst_first(found[asset])),
            reads=reads.get(asset, frozenset()),
        )
        for asset in order
    )

"""The table beside the lineage picture: every column, where it comes from, what rests on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.lineage import WHOLE, Dataset, Edge
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.report import naming
from audit_pipeline.report.base import ReportInput
from audit_pipeline.report.numbers import count
from audit_pipeline.report.places import Place
from audit_pipeline.report.resting import KINDS, Column, Kind, Resting
from audit_pipeline.report.verdicts import RANK, WORDS

TOLD = 3
"""Fields that one column is made from and that are named; a score has one for each feature."""

READ = {
    "profile": "the profile of this window",
    "baseline": "the profile of the baseline",
    "snapshot": "the rows of this window",
    "model": "the model",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRow:
    """What the table says of one column; `verdict` is None where no check is about it."""

    name: str
    title: str
    roles: str
    origins: tuple[str, ...]
    decides: str
    verdict: str | None
    trouble: tuple[tuple[str, str], ...]
    passed: str
    also: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRow:
    """What the table says of the checks of one kind."""

    title: str
    many: int
    by_verdict: tuple[int, ...]
    reads: str
    verdict: str


def rows_in_order(columns: Iterable[Column]) -> list[Column]:
    """Return columns the worst first, then by their titles; those without a verdict last."""

    def concern(column: Column) -> tuple[int, str]:
        verdict = _verdict(column)
        return (len(RANK) if verdict is None else RANK[verdict]), column.title

    return sorted(columns, key=concern)


def row_of_column(report: ReportInput, column: Column) -> ColumnRow:
    """Return what the table says of a column."""
    verdict = _verdict(column)
    trouble = (o for o in column.about if o.verdict is not Verdict.PASS)
    return ColumnRow(
        name=column.name,
        title=column.title,
        roles=", ".join(column.roles),
        origins=tuple(_origins(column.origins)),
        decides=column.decides,
        verdict=verdict and verdict.value,
        trouble=tuple((_check(report, o, column), o.verdict.value) for o in trouble),
        passed=_by_kind(o for o in column.about if o.verdict is Verdict.PASS),
        also=_by_kind(column.also),
    )


def row_of_kind(kind: Kind) -> KindRow:
    """Return what the table says of the checks of a kind."""
    return KindRow(
        title=kind.title,
        many=len(kind.outcomes),
        by_verdict=tuple(sum(o.verdict is v for o in kind.outcomes) for v in WORDS),
        reads=", ".join(words for name, words in READ.items() if name in kind.reads) or "—",
        verdict=kind.verdict.value,
    )


def lead(rests: Resting) -> str:
    """Return in a sentence from how much the verdict was made."""
    checks = sum(len(kind.outcomes) for kind in rests.kinds)
    columns, tables = len(rests.columns), len(rests.sources)
    on = f"{_many(checks, 'check')} on {_many(columns, 'column')} from {_many(tables, 'table')}"
    if not rests.read:
        return f"{on} were planned, but the rows could not be read."
    return f"{on} led to the verdict."


def _many(number: int, thing: str) -> str:
    return f"{count(number)} {thing}{'' if number == 1 else 's'}"


def _verdict(column: Column) -> Verdict | None:
    return Verdict.GAP if column.missing and not column.about else column.verdict


def _origins(edges: Sequence[Edge]) -> Iterable[str]:
    """Yield how a column is made, once for each way, with the fields it is made from."""
    ways: dict[str, dict[Dataset, list[str]]] = {}
    for edge in edges:
        of = ways.setdefault(edge.how.description, {})
        of.setdefault(edge.source.dataset, []).append(edge.source.name)
    for how, of in ways.items():
        fields = "; ".join(_fields(dataset, names) for dataset, names in of.items())
        yield f"{fields} ({how})" if how else fields


def _fields(dataset: Dataset, names: Sequence[str]) -> str:
    place = Place(dataset=dataset, title="").name
    if WHOLE in names:
        return place
    if len(names) > TOLD:
        return f"{count(len(names))} columns of {place}"
    return f"{', '.join(names)} of {place}"


def _check(report: ReportInput, outcome: Outcome, column: Column) -> str:
    title, subject = naming.metric(report, outcome.check.name), outcome.check.subject
    kind = KINDS.get(outcome.check.asset, outcome.check.asset)
    other = subject not in {column.name, "all rows", "table"}
    about = f" of {naming.column(report, subject)}" if other else ""
    return f"{title}{about} ({kind.lower()})"


def _by_kind(outcomes: Iterable[Outcome]) -> str:
    many: dict[str, int] = {}
    for outcome in outcomes:
        many[outcome.check.asset] = many.get(outcome.check.asset, 0) + 1
    order = [*(a for a in KINDS if a in many), *(a for a in many if a not in KINDS)]
    return ", ".join(f"{KINDS.get(asset, asset)} {count(many[asset])}" for asset in order)

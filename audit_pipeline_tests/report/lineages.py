"""Lineages made by hand, for the tests of what the verdict rests on."""

from collections.abc import Iterable, Sequence

from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.lineage import (
    WHOLE,
    Dataset,
    Edge,
    Field,
    LineageGraph,
    Transformation,
)
from audit_pipeline.domain.verdict import Verdict, overall
from audit_pipeline.report.base import Lineage, ReportInput
from audit_pipeline_tests.report.hand_made import outcome, report

AUDIT = "employment_ma"
PEOPLE = Dataset("file", "/data/people.parquet")
BEFORE = Dataset("file", "/data/people_2015.parquet")
MODEL = Dataset("file", "/models/model.json")
TIME = Transformation(type="INDIRECT", subtype="FILTER", description="rows of the window")
BY_MODEL = Transformation(subtype="TRANSFORMATION", description="scored by the model")
ROLES = {
    "AGEP": ("feature",),
    "SEX": ("protected attribute", "feature"),
    "said": ("prediction",),
    "came": ("outcome",),
    "year": ("time",),
}


def ours(asset: str) -> Dataset:
    return Dataset("audit_pipeline", f"{AUDIT}.{asset}")


def taken(*names: str, of: Dataset = PEOPLE) -> list[Edge]:
    """Return that columns come from a table, and are counted."""
    found = [Edge(Field(of, WHOLE), Field(ours("snapshot"), WHOLE))]
    for name in names:
        found.append(Edge(Field(of, name), Field(ours("snapshot"), name)))
        found.append(Edge(Field(ours("snapshot"), name), Field(ours("profile"), name)))
    return found


def needed(of: Outcome, *names: str, asset: str = "profile") -> list[Edge]:
    """Return that a check needs columns, and the verdict the check."""
    at = Field(ours(of.check.asset), f"{of.check.name}({of.check.subject})")
    into = [Edge(Field(ours(asset), name), at) for name in names]
    return [*into, Edge(at, Field(ours("verdicts"), "verdict"))]


def by_time(name: str = "year") -> Edge:
    """Return that a column of the source picks the rows of the window."""
    return Edge(Field(PEOPLE, name), Field(ours("snapshot"), WHOLE), TIME)


def graph(edges: Iterable[Edge]) -> LineageGraph:
    titles = {PEOPLE: "table", BEFORE: "baseline table", MODEL: "model"}
    return LineageGraph(tuple(dict.fromkeys(edges)), titles)


def small(*more: Edge, **counts: object) -> ReportInput:
    """Return an audit of five columns: age drifted, the prediction was made by the model."""
    drifted = outcome(verdict=Verdict.FAIL)
    stable = outcome(subject="SEX")
    fair = outcome(asset="fairness", name="parity", subject="SEX")
    right = outcome(asset="performance", name="accuracy", subject="all rows")
    adds_up = outcome(asset="explanations", name="shap_additivity", subject="all rows")
    edges = [
        *taken("AGEP", "SEX", "came", "year"),
        by_time(),
        Edge(Field(MODEL, WHOLE), Field(ours("snapshot"), "said"), BY_MODEL),
        Edge(Field(PEOPLE, "AGEP"), Field(ours("snapshot"), "said"), BY_MODEL),
        Edge(Field(PEOPLE, "SEX"), Field(ours("snapshot"), "said"), BY_MODEL),
        Edge(Field(ours("snapshot"), "said"), Field(ours("profile"), "said")),
        Edge(Field(BEFORE, "AGEP"), Field(ours("baseline"), "AGEP")),
        *needed(drifted, "AGEP"),
        *needed(drifted, "AGEP", asset="baseline"),
        *needed(stable, "SEX"),
        *needed(fair, "SEX", "said"),
        *needed(right, "said", "came"),
        *needed(adds_up, "AGEP", "SEX", asset="snapshot"),
        Edge(Field(MODEL, WHOLE), Field(ours("explanations"), "shap_additivity(all rows)")),
        *more,
    ]
    return resting_on(edges, [drifted, stable, fair, right, adds_up], **counts)


def many(columns: int, bad: int = 0) -> ReportInput:
    """Return an audit of many features, the first `bad` of which drifted."""
    names = [f"feature_{i}" for i in range(columns)]
    return named(names, bad)


def named(names: Sequence[str], bad: int = 0) -> ReportInput:
    """Return an audit of features by these names, the first `bad` of which drifted."""
    checks = [
        outcome(subject=name, verdict=Verdict.FAIL if i < bad else Verdict.PASS)
        for i, name in enumerate(names)
    ]
    edges = taken(*names)
    for name, check in zip(names, checks, strict=True):
        edges += needed(check, name)
    return resting_on(edges, checks)


def resting_on(edges: Iterable[Edge], outcomes: Sequence[Outcome], **counts: object) -> ReportInput:
    """Return a report of outcomes with their lineage; `counts` are fields of the lineage."""
    verdict = overall((o.check.asset, o.verdict) for o in outcomes)
    lineage = Lineage(graph=graph(edges), **{"roles": ROLES, **counts})  # type: ignore[arg-type] # named by the test
    return report(*outcomes, verdict=verdict, lineage=lineage)

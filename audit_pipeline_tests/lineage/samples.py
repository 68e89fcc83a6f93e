"""What audits tell, made by hand: one of every kind, with every facet between them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from audit_pipeline.domain.check import Check, Outcome, gap
from audit_pipeline.domain.limit import Limit
from audit_pipeline.domain.lineage import WHOLE, Dataset, Edge, Field, Transformation
from audit_pipeline.domain.measurement import ONE_ROWS_VALUE, Coverage, Interval, Json, Measurement
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.domain.window import Window
from audit_pipeline.lineage.told import (
    CodeLocation,
    ColumnCounts,
    Job,
    ModelFacts,
    Run,
    Table,
    Told,
    Transition,
)

OURS = "audit_pipeline"
ROOT, STAGE = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
AT = datetime(2024, 3, 2, 1, 30, tzinfo=ZoneInfo("Europe/Berlin"))
DAY = Window(
    key="2024-03-01",
    start=datetime(2024, 3, 1, tzinfo=ZoneInfo("Europe/Berlin")),
    end=datetime(2024, 3, 2, tzinfo=ZoneInfo("Europe/Berlin")),
)
ROWS, MODEL = Dataset("file", "/data/rows.csv"), Dataset("file", "/data/model.json")
SNAPSHOT, DRIFT = Dataset(OURS, "loans.snapshot"), Dataset(OURS, "loans.drift")

RUN = Run(
    id=STAGE,
    root=ROOT,
    root_job="loans",
    dagster_run="d1",
    window=DAY,
    revision=2,
    engine="duckdb",
    engine_version="2.0.0",
)
JOB = Job(
    namespace=OURS,
    name="loans.drift",
    asset="drift",
    description="Measures how far columns moved.",
    owner="team:credit",
    tags={"risk": "high"},
    code=CodeLocation(
        url="https://git.example/bank/audits/blob/ab12/audits/loans.yaml",
        repository="https://git.example/bank/audits",
        path="audits/loans.yaml",
        version="ab12",
        branch="main",
    ),
)


def moved(
    subject: str, value: float, verdict: Verdict, interval: Interval | None = None
) -> Outcome:
    """Return a population stability index with its verdict."""
    return Outcome(
        check=Check(asset="drift", name="population_stability_index", subject=subject),
        verdict=verdict,
        reason=f"the value {value:.4g} is what it is",
        measurement=Measurement(
            metric="population_stability_index",
            subject=subject,
            value=value,
            interval=interval,
            baseline_value=None,
            coverage=Coverage(rows=1000, used=990, engine="duckdb 2.0.0"),
        ),
        limit=Limit(warn=0.1, fail=0.25),
    )


def ruled(name: str, value: float, detail: dict[str, Json]) -> Outcome:
    """Return what became of a rule of the audit file about the column `income`."""
    return Outcome(
        check=Check(asset="rule_results", name=name, subject="income"),
        verdict=Verdict.FAIL,
        reason="it does not hold",
        measurement=Measurement(
            metric=name,
            subject="income",
            value=value,
            interval=None,
            baseline_value=None,
            coverage=Coverage(rows=1000, used=4),
            detail=detail,
        ),
    )


BETWEEN: dict[str, Json] = {
    "expectation": "expect_column_values_to_be_between",
    "kwargs": {"column": "income", "min_value": 0, "max_value": 500},
}
OUTCOMES = (
    moved("income", 0.31, Verdict.FAIL, Interval(low=0.28, high=0.34)),
    moved("age", 0.12, Verdict.WARN),
    moved("all", 0.02, Verdict.PASS),
    moved("sex", float("nan"), Verdict.INCONCLUSIVE, Interval(low=0.0, high=float("inf"))),
    gap(Check(asset="drift", name="wasserstein_distance", subject="income"), "no rows"),
    ruled("income_is_plausible", 0.004, BETWEEN),
    ruled("largest_income", 70131.0, {**BETWEEN, "value_is": ONE_ROWS_VALUE}),
)
PROFILE = Table(
    dataset=Dataset(OURS, "loans.profile"),
    kind="profile",
    description="Counts of the rows.",
    owner="team:credit",
    columns={"income": "histogram", "age": "histogram", "sex": "categories"},
    version="ab" * 32,
    rows=1000,
    size=4096,
    tags={"risk": "high"},
    counts={
        "income": ColumnCounts(nulls=40, distinct=None),
        "age": ColumnCounts(nulls=3, distinct=71),
        "sex": ColumnCounts(nulls=0, distinct=2),
    },
    outcomes=OUTCOMES,
)
MODEL_FILE = Table(dataset=MODEL, kind="model", version="cd" * 32)
COUNTED = Transformation(subtype="AGGREGATION", description="counted", masking=True)
CUT = Transformation(type="INDIRECT", subtype="FILTER", description="rows of the window")
CHECKS = Table(
    dataset=DRIFT,
    kind="drift",
    columns={"psi(income)": "check", "psi(all)": "check"},
    rows=1000,
    size=12,
    counts={"psi(income)": ColumnCounts(nulls=0)},
    edges=(
        Edge(Field(PROFILE.dataset, "income"), Field(DRIFT, "psi(income)"), COUNTED),
        Edge(Field(PROFILE.dataset, "income"), Field(DRIFT, "psi(income)"), CUT),
        Edge(Field(PROFILE.dataset, WHOLE), Field(DRIFT, "psi(income)"), COUNTED),
        Edge(Field(PROFILE.dataset, WHOLE), Field(DRIFT, "psi(all)"), COUNTED),
        Edge(Field(PROFILE.dataset, "age"), Field(DRIFT, WHOLE), CUT),
        Edge(Field(MODEL, WHOLE), Field(DRIFT, WHOLE), COUNTED),
    ),
)
FACTS = ModelFacts(
    verdict="fail",
    model={"path": "/data/model.json", "sha256": "ab" * 32, "format": "xgboost_json"},
    baseline={
        "fingerprint": "cd" * 32,
        "rows": 5000,
        "approval": {
            "number": 1,
            "digest": "",
            "fingerprint": "cd" * 32,
            "rows": 5000,
            "by": "Ann",
            "reason": "first",
            "at": "2024-01-01T00:00:00+00:00",
        },
    },
    outcomes=OUTCOMES,
)
START = Told(transition=Transition.START, at=AT, key="k-start", job=JOB, run=RUN)
COMPLETE = replace(
    START,
    transition=Transition.COMPLETE,
    at=AT + timedelta(seconds=5),
    key="k-complete",
    inputs=(PROFILE, MODEL_FILE),
    outputs=(CHECKS,),
    tests=OUTCOMES,
)
ROOT_RUN = replace(RUN, id=ROOT)
ROOT_JOB = Job(namespace=OURS, name="loans")
KINDS = {
    "a stage begins": START,
    "a stage ends": COMPLETE,
    "a stage fails": replace(
        START, transition=Transition.FAIL, error="the table has no column 'income'", key="k-fail"
    ),
    "a stage fails without a word": replace(START, transition=Transition.FAIL, key="k-silent"),
    "an audit begins": replace(START, job=ROOT_JOB, run=replace(ROOT_RUN, revision=None)),
    "an audit ends": replace(COMPLETE, job=ROOT_JOB, run=ROOT_RUN, model=FACTS),
    "an audit of logged predictions ends": replace(
        COMPLETE,
        job=ROOT_JOB,
        run=ROOT_RUN,
        model=ModelFacts(verdict="gap", model=None, baseline=None, outcomes=()),
    ),
    "a baseline is made": replace(
        START,
        at=datetime(2024, 3, 2, tzinfo=UTC),
        job=replace(JOB, code=None),
        run=Run(id=ROOT, root=ROOT, root_job="loans", dagster_run=""),
    ),
    "a source is read": replace(
        COMPLETE,
        inputs=(
            Table(
                dataset=Dataset("s3://bank", "loans/day=1"),
                kind="iceberg",
                columns={"income": "float64"},
                rows=7,
                also=(Dataset("arn:aws:glue:eu:1", "table/loans"),),
            ),
            Table(dataset=Dataset("postgres://db:5432", "bank.public.labels"), kind="sql"),
        ),
        tests=(),
    ),
}

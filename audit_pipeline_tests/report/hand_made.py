"""A small audit made by hand, for every test of the report to start from."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from audit_pipeline.domain.check import Check, Outcome
from audit_pipeline.domain.limit import Limit
from audit_pipeline.domain.measurement import Coverage, Interval, Json, Measurement
from audit_pipeline.domain.record import AuditRecord, SnapshotRecord, SourceRecord, StageRecord
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.domain.window import Window
from audit_pipeline.profiles.counts import CalibrationBin, JointCounts, Scores
from audit_pipeline.profiles.histogram import Grid, Histogram
from audit_pipeline.profiles.profile import CategoricalColumn, Column, NumericColumn, Profile
from audit_pipeline.report.base import ReportInput

GRID = Grid(centre=0.0, scale=1.0)
ZONE = ZoneInfo("America/New_York")


def histogram(values: list[float], counts: list[int]) -> Histogram:
    """Return rows at single values, one bin each."""
    at, rows = np.array(values), np.array(counts, np.int64)
    return Histogram(
        bins=np.arange(len(at)), counts=rows, mass=rows.astype(float), lows=at, highs=at
    )


def numeric(name: str, values: list[float], counts: list[int], nulls: int = 0) -> NumericColumn:
    rows = sum(counts)
    return NumericColumn(
        name=name,
        rows=rows + nulls,
        nulls=nulls,
        nans=0,
        infinities=0,
        grid=GRID,
        histogram=histogram(values, counts),
        effective_rows=float(rows),
        mean=float(np.average(values, weights=counts)),
        standard_deviation=1.0,
    )


def categorical(name: str, counts: dict[str, int], nulls: int = 0) -> CategoricalColumn:
    rows = sum(counts.values())
    return CategoricalColumn(
        name=name,
        rows=rows + nulls,
        nulls=nulls,
        counts=counts,
        mass={code: float(many) for code, many in counts.items()},
        effective_rows=float(rows),
    )


def joint(counts: dict[tuple[str | None, str | None], int]) -> JointCounts:
    return JointCounts(counts=counts, mass={cell: float(n) for cell, n in counts.items()})


def calibration(*bins: tuple[float, float, int, float, float]) -> Scores:
    found = tuple(
        CalibrationBin(
            low=low, high=high, count=rows, mass=float(rows), mean_score=said, positive_share=came
        )
        for low, high, rows, said, came in bins
    )
    none = histogram([], [])
    return Scores(
        positive=none,
        negative=none,
        unlabelled=none,
        nulls=0,
        invalid=0,
        calibration=found,
        brier=None,
        brier_variance=None,
        log_loss=None,
        log_loss_variance=None,
    )


def profile(*columns: Column, **parts: object) -> Profile:
    whole = Profile(
        rows=1000,
        zero_weight=0,
        duplicate_ids=0,
        null_ids=0,
        labelled=900,
        predicted=1000,
        engine="duckdb 2.0.0",
        positive="1",
        columns={column.name: column for column in columns},
        outcomes=None,
    )
    return replace(whole, **parts)  # type: ignore[arg-type] # named by the test, read by the field


def outcome(
    *,
    asset: str = "drift",
    name: str = "population_stability_index",
    subject: str = "AGEP",
    verdict: Verdict = Verdict.PASS,
    reason: str = "the value is within the limit",
    value: float | None = 0.0123,
    interval: tuple[float, float] | None = None,
    baseline: float | None = None,
    limit: Limit | None = None,
    coverage: Coverage | None = None,
    detail: dict[str, Json] | None = None,
) -> Outcome:
    measured = None
    if value is not None:
        measured = Measurement(
            metric=name,
            subject=subject,
            value=value,
            interval=Interval(low=interval[0], high=interval[1]) if interval else None,
            baseline_value=baseline,
            coverage=coverage or Coverage(rows=69126, used=69126),
            detail=detail or {},
        )
    check = Check(asset=asset, name=name, subject=subject)
    return Outcome(check=check, verdict=verdict, reason=reason, measurement=measured, limit=limit)


def snapshot(**parts: object) -> SnapshotRecord:
    whole = SnapshotRecord(
        fingerprint="5" * 64,
        rows=69126,
        columns={"AGEP": "BIGINT", "SEX": "BIGINT"},
        first="2018-01-01T00:00:00-05:00",
        last="2018-12-31T00:00:00-05:00",
        labelled=34563,
        predictions="log",
        sources=(
            SourceRecord(
                role="table", kind="parquet", location="people.parquet", sha256="7" * 64, rows=69126
            ),
        ),
        engine="duckdb 2.0.0",
    )
    return replace(whole, **parts)  # type: ignore[arg-type] # named by the test, read by the field


def record(*outcomes: Outcome, **parts: object) -> AuditRecord:
    whole = AuditRecord(
        audit="employment_ma",
        purpose="Predicts who is employed.",
        owner="Labour Analytics",
        risk="high",
        window=Window(
            key="2018",
            start=datetime(2018, 1, 1, tzinfo=ZONE),
            end=datetime(2019, 1, 1, tzinfo=ZONE),
        ),
        revision=1,
        run_id="run-1",
        audit_file_sha256="a" * 64,
        version="0.1.0",
        created="2019-01-02T07:00:12+00:00",
        verdict=Verdict.PASS,
        headlines=(),
        outcomes=outcomes,
        stages=(StageRecord(asset="drift", status="done", seconds=1.25),),
        snapshot=snapshot(),
        baseline=snapshot(fingerprint="6" * 64, rows=20629, labelled=20629),
        model={"path": "model.ubj", "sha256": "b" * 64, "format": "xgboost"},
    )
    return replace(whole, **parts)  # type: ignore[arg-type] # named by the test, read by the field


def report(*outcomes: Outcome, **parts: object) -> ReportInput:
    """Return a report of `outcomes`; `parts` are fields of the report or of its record."""
    own = {"baseline", "current", "labels", "titles", "metrics", "units", "leading", "title"}
    own |= {"features_shown", "before", "lineage"}
    whole = ReportInput(
        record=record(*outcomes, **{k: v for k, v in parts.items() if k not in own}),
        baseline=None,
        current=None,
        metrics={"population_stability_index": "Population stability index"},
    )
    mine = {k: v for k, v in parts.items() if k in own}
    return replace(whole, **mine)  # type: ignore[arg-type] # named by the test, read by the field


def words(html: object) -> str:
    """Return markup with its no-break spaces made plain, to compare with what a person reads."""
    return str(html).replace("\u00a0", " ")

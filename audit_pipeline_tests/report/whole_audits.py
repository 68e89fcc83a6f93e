"""Two whole audits: one in which every text is an attack, and one of many columns."""

from dataclasses import replace

from audit_pipeline.domain.record import PastVerdict, StageRecord
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.profiles.profile import Column
from audit_pipeline.report.base import ReportInput
from audit_pipeline_tests.report.hand_made import (
    calibration,
    categorical,
    joint,
    numeric,
    outcome,
    profile,
    report,
    snapshot,
)

HOSTILE = "<script>alert('x')</script>\"&<img src=x onerror=y>"


def hostile() -> ReportInput:
    """Return a report in which every text that can come from outside is an attack."""
    h = HOSTILE
    cells: dict[tuple[str | None, str | None], int] = {("1", "1"): 400, ("0", "1"): 300}
    cells |= {("1", h): 200, ("0", h): 100}
    side = profile(
        numeric(h, [1.0, 2.0, 3.0], [300, 400, 300], nulls=20),
        categorical("SEX", {h: 600, "2": 400}),
        outcomes=joint(cells),
        groups={h: {h: joint(cells), "2": joint(cells)}},
        scores=calibration((0.0, 0.5, 500, 0.3, 0.3), (0.5, 1.0, 400, 0.7, 0.7)),
    )
    outcomes = [
        outcome(asset=asset, name=h, subject=subject, verdict=verdict, reason=h, interval=(0, 1))
        for asset in ("rule_results", "drift", "performance", "fairness", "explanations")
        for subject, verdict in ((h, Verdict.FAIL), ("SEX", Verdict.INCONCLUSIVE))
    ]
    source = replace(snapshot().sources[0], location=h, role=h, kind=h)
    cell = {"low": 1.0, "high": 1.0, "rows": 50, "mean_shap": 0.5, "standard_error": 0.1}
    return report(
        *outcomes,
        audit=h,
        purpose=h,
        owner=h,
        risk=h,
        run_id=h,
        headlines=(h,),
        snapshot=snapshot(columns={h: h}, notes=(h,), missing_columns=(h,), sources=(source,)),
        model={"sha256": h, "path": h, h: h},
        stages=(StageRecord(asset=h, status="crashed", reason=h),),
        not_applicable={h: h},
        history=(PastVerdict(window=h, revision=2, verdict=Verdict.WARN),),
        explanations={
            "rows": 100,
            "seed": 1,
            "unit": h,
            "importance": [{"feature": h, "mean_abs_shap": 1.0}],
            "dependence": {h: {"cells": [cell]}},
        },
        baseline=side,
        current=side,
        labels={"SEX": {h: h, "2": h}},
        titles={h: h, "SEX": h},
        metrics={h: h},
        title=h,
    )


def wide(columns: int) -> ReportInput:
    """Return an audit of many numeric and categorical columns with five measures each."""
    names = [f"feature_{i}" for i in range(columns)]
    many: list[Column] = []
    for i, name in enumerate(names):
        if i % 2:
            many.append(categorical(name, {f"category {j}": 50 + j for j in range(20)}))
        else:
            many.append(numeric(name, [j / 7 for j in range(500)], [20] * 500))
    outcomes = [
        outcome(name=f"measure_{j}", subject=name, interval=(0.01, 0.02), baseline=0.0)
        for name in names
        for j in range(5)
    ]
    missing = [outcome(asset="rule_results", name="missing_share", subject=n) for n in names]
    side = profile(*many)
    return report(*outcomes, *missing, baseline=side, current=side)

"""What an audit promises to answer: every check with its limit, before anything is measured."""

from collections.abc import Mapping
from dataclasses import replace

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.columns import Kind
from audit_pipeline.audits.limits import MetricLimit
from audit_pipeline.domain.check import Check
from audit_pipeline.domain.intersection import intersections
from audit_pipeline.domain.limit import Limit
from audit_pipeline.metrics.base import Metric, Need, Shape
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.profiles.plan import ColumnPlan, counted_columns
from audit_pipeline.profiles.profile import CategoricalColumn, NumericColumn, Profile

ADDITIVITY = Check(asset="explanations", name="shap_additivity", subject="model")
ADDITIVITY_LIMIT = Limit(
    warn=1e-3,
    fail=1e-2,
    reason="Contributions that do not add up to the model's output explain another model.",
)


def plan_of(baseline: Profile | None) -> ColumnPlan:
    """Return how columns are counted, as the baseline's profile shows."""
    columns = baseline.columns if baseline else {}
    numeric = {n: c for n, c in columns.items() if isinstance(c, NumericColumn)}
    kinds: dict[str, Kind] = {n: "numeric" if n in numeric else "categorical" for n in columns}
    return ColumnPlan(
        kinds=kinds,
        grids={n: c.grid for n, c in numeric.items()},
        kept={
            n: frozenset(c.counts)
            for n, c in columns.items()
            if isinstance(c, CategoricalColumn) and c.folded
        },
        residuals=baseline.residuals.grid if baseline and baseline.residuals else None,
    )


def shape_of(audit: Audit, *profiles: Profile | None) -> Shape:
    """Return what the audit has. A kind not declared is the first profile's that knows it."""
    kinds = counted_columns(audit)
    for profile in reversed([p for p in profiles if p is not None]):
        for name, column in profile.columns.items():
            kinds[name] = "categorical" if isinstance(column, CategoricalColumn) else "numeric"
    return Shape(
        numeric=[name for name, kind in kinds.items() if kind == "numeric"],
        categorical=[name for name, kind in kinds.items() if kind != "numeric"],
        groups=[*audit.columns.groups, *intersections(audit.columns.groups)],
        has=_needs_met(audit),
        latency=audit.columns.latency,
        columns=_columns_behind(audit),
    )


def _needs_met(audit: Audit) -> frozenset[Need]:
    met: set[Need] = {"regression"} if audit.task == "regression" else {"classification"}
    if audit.task == "binary":
        met.add("binary")
    return frozenset(met | set(_columns_behind(audit)))


def _columns_behind(audit: Audit) -> dict[Need, str]:
    """Return the column behind each need that this audit meets with one."""
    columns = audit.columns
    behind: dict[Need, str] = {"ids": columns.id}
    if columns.target is not None:
        behind["labels"] = columns.target.column
    if columns.prediction is not None:
        behind["predictions"] = columns.prediction.label
        if columns.prediction.score is not None and audit.task == "binary":
            behind["scores"] = columns.prediction.score
    return behind


def planned_checks(audit: Audit, shape: Shape, asset: str) -> dict[Check, Limit]:
    """Return the metric checks that one stage asset owes, with the limit of each."""
    planned: dict[Check, Limit] = {}
    for name, metric in METRICS.items():
        if metric.asset != asset or _skipped(audit, name):
            continue
        for subject in metric.measure.subjects(shape):
            check = Check(asset=asset, name=name, subject=subject)
            planned[check] = limit_of(audit, name, metric, subject)
    return planned


def limit_of(audit: Audit, name: str, metric: Metric, subject: str) -> Limit:
    """Return the metric's limit, as the audit file changes it for all subjects and for this one.

    Two attributes together have the limits of one; only they are not required by default, for a
    night whose groups of both are all too small or alike has no gap in what was promised.
    """
    limit, settings = metric.limit, audit.limits.get(name)
    if subject in intersections(audit.columns.groups):
        limit = replace(limit, required=False)
    return limit if settings is None else settings.limit(limit, subject)


def check_names(audit: Audit, asset: str) -> dict[str, str]:
    """Return the name of each check that a stage asset owes, and what it asks, in words."""
    if asset == ADDITIVITY.asset:
        return {ADDITIVITY.name: "SHAP contributions add up to the output."} if audit.model else {}
    checks = planned_checks(audit, shape_of(audit), asset)
    names = {check.name: METRICS[check.name].title for check in checks}
    if asset == "rule_results":
        names |= {rule.name: rule.reason or rule.expect for rule in audit.named_rules}
    return names


def not_applicable(audit: Audit, shape: Shape) -> dict[str, str]:
    """Return the metrics this audit does not have, and why."""
    reasons = {}
    for name, metric in METRICS.items():
        settings = audit.limits.get(name)
        if settings is not None and settings.skip:
            reasons[name] = f"left out by the audit file: {settings.reason}"
        elif not metric.measure.subjects(shape):
            reasons[name] = _lacking(getattr(metric.measure, "needs", frozenset()) - shape.has)
    return reasons


def _lacking(needs: frozenset[Need]) -> str:
    for task in ("binary", "classification", "regression"):
        if task in needs:
            return f"it is for {task} audits"
    what = " and ".join(sorted(needs)) or "columns or groups of the kind it measures"
    return f"this audit has no {what}"


def unknown_subjects(audit: Audit, shape: Shape) -> list[str]:
    """Return a sentence for each subject with a limit of its own that does not exist."""
    found = []
    for name, settings in audit.limits.items():
        known = METRICS[name].measure.subjects(shape) if name in METRICS else ()
        found += [
            f"limits.{name}.subjects: there is no {subject!r}; there are {', '.join(known)}"
            for subject in settings.subjects
            if subject not in known
        ]
    return found


def _skipped(audit: Audit, name: str) -> bool:
    settings: Mapping[str, MetricLimit] = audit.limits
    return name in settings and settings[name].skip

"""The lineage of one audit, whole: from its source columns to its verdict."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.check import Check
from audit_pipeline.domain.limit import Limit
from audit_pipeline.domain.lineage import Dataset, LineageGraph
from audit_pipeline.domain.record import AuditRecord, SnapshotRecord
from audit_pipeline.metrics.base import Shape
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.metrics.scopes import CompareNumeric, CompareRelations
from audit_pipeline.profiles.plan import counted_columns
from audit_pipeline.profiles.profile import Profile
from audit_pipeline.stages.landing import declared_columns
from audit_pipeline.stages.lineage.edges import (
    checked,
    columns_counted,
    judged,
    origins_of,
    rows_taken,
)
from audit_pipeline.stages.lineage.names import made_by, model_of
from audit_pipeline.stages.planning import ADDITIVITY, planned_checks, shape_of

NUMBERS = (CompareNumeric, CompareRelations)
"""Scopes that speak of columns of numbers alone."""
MEASURED = ("rule_results", "drift", "performance", "fairness")


def graph_of(audit: Audit, record: AuditRecord | None = None, *profiles: Profile) -> LineageGraph:
    """Return what the verdict of an audit rests on: as `record` has it, or else as it is planned.

    `profiles` tell which columns are numbers, where neither the audit file nor the record does.
    """
    shape = _shape(audit, record, profiles)
    checks = checks_of(audit, shape, record)
    snapshot = record.snapshot if record is not None else None
    baseline = record.baseline if record is not None else None
    edges = (
        *rows_taken(audit, audit.current, made_by(audit.name, "snapshot"), snapshot),
        *rows_taken(audit, audit.baseline, made_by(audit.name, "baseline"), baseline),
        *columns_counted(audit, _columns(audit, snapshot)),
        *checked(audit, shape, checks),
        *judged(audit, checks),
    )
    return LineageGraph(tuple(dict.fromkeys(edges)), dict(_titles(audit)))


def _shape(audit: Audit, record: AuditRecord | None, profiles: Sequence[Profile]) -> Shape:
    """Return what the audit has; which columns were numbers can be told from what was measured."""
    shape = shape_of(audit, *profiles)
    of_numbers = {n for n, m in METRICS.items() if isinstance(m.measure, NUMBERS)}
    checks = [outcome.check for outcome in record.outcomes] if record is not None else []
    numbers = {check.subject for check in checks if check.name in of_numbers}
    numeric = [n for n in counted_columns(audit) if n in numbers or n in shape.numeric]
    categorical = [name for name in shape.categorical if name not in numbers]
    return replace(shape, numeric=numeric, categorical=categorical)


def checks_of(
    audit: Audit, shape: Shape, record: AuditRecord | None
) -> Mapping[Check, Limit | None]:
    """Return every check with its limit: those that were made, or else those that are planned."""
    if record is not None:
        return {outcome.check: outcome.limit for outcome in record.outcomes}
    planned: dict[Check, Limit | None] = {}
    for asset in MEASURED:
        planned |= planned_checks(audit, shape, asset)
    for rule in audit.named_rules:
        planned[Check(asset="rule_results", name=rule.name, subject=rule.subject)] = None
    return planned | ({ADDITIVITY: None} if audit.model is not None else {})


def _columns(audit: Audit, snapshot: SnapshotRecord | None) -> list[str]:
    if snapshot is not None:
        return list(snapshot.columns)
    return list(dict.fromkeys((*declared_columns(audit), *counted_columns(audit))))


def _titles(audit: Audit) -> Iterator[tuple[Dataset, str]]:
    """Yield what people call the datasets of an audit."""
    for tables, whose in ((audit.baseline, "baseline "), (audit.current, "")):
        for role, origin in origins_of(audit, tables).items():
            yield from ((at, f"{whose}{role}") for at in origin.datasets)
    for asset in ("snapshot", "baseline", "profile", *MEASURED, "explanations", "verdicts"):
        yield made_by(audit.name, asset), asset.replace("_", " ")
    model = model_of(audit)
    if model is not None:
        yield model, "model"

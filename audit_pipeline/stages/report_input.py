"""What the report is made from: the record, the profiles, and the names people use."""

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.columns import Feature, Group
from audit_pipeline.domain.record import AuditRecord
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.report.base import Before, ReportInput
from audit_pipeline.stages.findings.reporting import findings_shown
from audit_pipeline.stages.lineage.reporting import lineage_of
from audit_pipeline.stages.planning import ADDITIVITY
from audit_pipeline.stages.revision import AuditRun, Revision
from audit_pipeline.stages.verdicts import profiles


def report_input(
    run: AuditRun, record: AuditRecord, revision: Revision, before: Before | None = None
) -> ReportInput:
    """Return what the report of a revision is made from, and what it follows."""
    audit, columns = run.audit, run.audit.columns
    baseline, current = profiles(audit, revision)
    described: dict[str, Feature | Group] = {**columns.features, **columns.groups}
    titles = {name: what.title for name, what in described.items() if what.title}
    labels = {name: what.labels for name, what in described.items() if what.labels}
    if columns.target is not None:
        titles[columns.target.column] = columns.target.title or columns.target.column
        labels[columns.target.column] = columns.target.labels
        if columns.prediction is not None and audit.task != "regression":
            labels.setdefault(columns.prediction.label, columns.target.labels)
    titles_of_metrics = {name: metric.title for name, metric in METRICS.items()}
    titles_of_metrics[ADDITIVITY.name] = "SHAP additivity"
    return ReportInput(
        record=record,
        baseline=baseline,
        current=current,
        labels=labels,
        titles=titles,
        metrics=titles_of_metrics,
        units={name: metric.unit for name, metric in METRICS.items() if metric.unit},
        title=audit.report.title,
        leading=_leading(audit),
        features_shown=audit.report.features_shown,
        before=before,
        lineage=lineage_of(run, record, (baseline, current)),
        findings=findings_shown(run.store, audit, record),
    )


def _leading(audit: Audit) -> tuple[str, ...]:
    """Return the columns to show first: what the model said, and what came of it."""
    prediction, target = audit.columns.prediction, audit.columns.target
    said = (prediction.label, prediction.score) if prediction else ()
    came = (target.column,) if target else ()
    return tuple(name for name in (*said, *came) if name)

"""What runs, as lineage has it: the jobs of an audit, and the ids of their runs."""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID, uuid5

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import lineage_namespace
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.lineage.code_location import code_location
from audit_pipeline.lineage.told import Job, Run, Transition
from audit_pipeline.stages.lineage.names import job_name
from audit_pipeline.stages.revision import AuditRun

OURS = UUID("6f2f6f0e-5a36-5b0a-9a53-3f3b0c5f7d10")
"""The namespace of our ids: any UUID, the same for ever."""

PURPOSES: Mapping[str, str] = MappingProxyType(
    {
        "baseline": "Counts what the model was approved on, that every window is compared with.",
        "snapshot": "Takes the window's rows as they are, fingerprinted.",
        "profile": "Counts the rows once: histograms, categories, outcomes.",
        "rule_results": "Holds the rows to the business and data-quality rules of the audit file.",
        "drift": "Measures how far columns, predictions and targets moved from the baseline.",
        "performance": "Measures how well the model did where labels are known.",
        "fairness": "Measures how differently the model treats the groups of an attribute.",
        "explanations": "Says which features move the model's output, by SHAP on a sample.",
        "verdicts": "Gives every promised check exactly one verdict; a gap where it is missing.",
        "report": "Writes the report for people.",
        "evidence": "Seals report, results and manifest.",
    }
)


def root_of(run: AuditRun) -> str:
    """Return the id of the lineage run that all stages of an audit's run are part of.

    One run of Dagster may audit several windows or models: so it is not that run's own id.
    """
    return str(uuid5(OURS, f"{run.run_id}/{run.audit.name}/{run.window.key}"))


def stage_run(root: str, asset: str) -> str:
    """Return the id of the lineage run of one stage asset."""
    return str(uuid5(UUID(root), asset))


def key_of(lineage_run: str, transition: Transition) -> str:
    """Return by what doubles of an event are known: a run makes each transition once."""
    return str(uuid5(UUID(lineage_run), transition.value))


def job_of(file: AuditFile, asset: str = "") -> Job:
    """Return the job of a stage asset, or of the whole audit."""
    audit = file.audit
    return Job(
        namespace=lineage_namespace(),
        name=job_name(audit.name, asset),
        asset=asset,
        description=f"{PURPOSES[asset]} {audit.purpose}" if asset else audit.purpose,
        owner=audit.owner,
        tags=_tags(audit),
        code=code_location(file.path),
    )


def _tags(audit: Audit) -> dict[str, str]:
    return {"audit": audit.name, "risk": audit.risk, "task": audit.task}


def run_of(run: AuditRun, asset: str, revision: int | None = None, engine: str = "") -> Run:
    """Return the lineage run of a stage asset, or of the whole audit.

    `engine` is name and version in one, as records have it: `duckdb 2.0.0`.
    """
    root = root_of(run)
    name, _, version = engine.partition(" ")
    return Run(
        id=stage_run(root, asset) if asset else root,
        root=root,
        root_job=job_name(run.audit.name),
        dagster_run=run.run_id,
        window=run.window,
        revision=revision,
        engine=name,
        engine_version=version,
    )

"""The explain stage: SHAP on a sample of the window, drawn by hash of id."""

from pathlib import Path
from typing import Any

from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.check import judge
from audit_pipeline.domain.measurement import Coverage, Measurement
from audit_pipeline.domain.record import SnapshotRecord
from audit_pipeline.explain.run import explain_sample
from audit_pipeline.stages.ahead import take
from audit_pipeline.stages.boundary import Ran, Stage, run_stage
from audit_pipeline.stages.missing import MissingError
from audit_pipeline.stages.planning import ADDITIVITY, ADDITIVITY_LIMIT
from audit_pipeline.stages.reference import SAMPLE, unchanged_sample
from audit_pipeline.stages.revision import AuditRun, Revision
from audit_pipeline.stages.sampling import draw_sample
from audit_pipeline.store.atomic import read_json, write_json

FILE = "explanation.json"


def explain(run: AuditRun) -> Ran:
    """Say which features move the model's output, and how; only where a model is given."""

    def work(revision: Revision, stage: Stage) -> None:
        if run.audit.model is None:
            stage.facts["explained"] = "no: the audit has no model file"
            return
        result = take(stage, revision.path, lambda: explained(run.audit, revision))
        write_json(revision.path / FILE, result)
        rows = revision.snapshot()
        stage.outcomes.append(
            judge(ADDITIVITY, _residual(result, rows.rows if rows else 0), ADDITIVITY_LIMIT)
        )
        stage.facts |= {"rows sampled": result["used"], "unit": result["unit"]}

    return run_stage(run, "explanations", work)


def explanation(revision: Revision) -> dict[str, Any] | None:
    """Return what the explain stage found, if it came to that."""
    path = revision.path / FILE
    found: dict[str, Any] | None = read_json(path) if path.exists() else None
    return found


def explained(audit: Audit, revision: Revision) -> dict[str, Any]:
    """Return what moves the model's output on a sample of the snapshot."""
    snapshot = revision.snapshot()
    if snapshot is None or audit.model is None:
        raise MissingError("there is no snapshot to explain")
    if not snapshot.rows:
        raise MissingError("the window has no rows")
    features = list(audit.columns.features)
    absent = [name for name in features if name not in snapshot.columns]
    if absent:
        raise MissingError(f"the model's features {', '.join(absent)} are missing")
    return explain_sample(
        audit.model.artefact,
        _sample(audit, revision, snapshot),
        features,
        seed=audit.explain.seed,
        timeout=audit.explain.timeout_seconds,
    )


def _sample(audit: Audit, revision: Revision, snapshot: SnapshotRecord) -> Path:
    """Return the file of sampled rows: kept with the snapshot where its rows were not copied."""
    sample = revision.path / SAMPLE
    if snapshot.kept == "rows":
        draw_sample(revision.rows, sample, audit)
    elif not unchanged_sample(revision.path, snapshot.file_sha256):
        raise MissingError(f"the kept sample {sample} is gone or was changed: audit again")
    return sample


def _residual(result: dict[str, Any], rows: int) -> Measurement:
    additivity = result["additivity"]
    relative = additivity["relative"]
    return Measurement(
        metric=ADDITIVITY.name,
        subject=ADDITIVITY.subject,
        value=additivity["largest_residual"] if relative is None else relative,
        interval=None,
        baseline_value=None,
        coverage=Coverage(
            rows=rows,
            used=result["used"],
            left_out={"not in the sample": rows - result["rows"], **result["left_out"]},
            method=f"sample by hash of id; {result['method']}",
            engine=result["engine"],
            seed=result["seed"],
        ),
        detail={"largest_residual": additivity["largest_residual"], "unit": result["unit"]},
    )

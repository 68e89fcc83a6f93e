"""What a stage leaves behind that lineage tells of."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.check import publishable
from audit_pipeline.domain.measurement import Json
from audit_pipeline.domain.record import AuditRecord
from audit_pipeline.lineage.told import ModelFacts
from audit_pipeline.sources.files import file_sha256
from audit_pipeline.stages.lineage.known import Known
from audit_pipeline.stages.lineage.tables import CHECKED
from audit_pipeline.stages.reading import record_in
from audit_pipeline.stages.revision import Revision, StageResult, read_snapshot


def known_after(audit: Audit, revision: Revision, result: StageResult) -> Known:
    """Return what is known once a stage of an audit ended."""
    asset = result.record.asset
    counted = asset == "profile" or asset in CHECKED
    return Known(
        audit=audit,
        snapshot=revision.snapshot(),
        baseline=revision.baseline(),
        profile=revision.profile() if counted else None,
        baseline_profile=revision.baseline_profile() if counted else None,
        outcomes=result.outcomes,
    )


def known_of_baseline(audit: Audit, place: Path | None) -> Known:
    """Return what is known of a baseline, once it was made at `place`."""
    return Known(audit=audit, baseline=read_snapshot(place) if place is not None else None)


def known_of_verdicts(audit: Audit, revision: Revision) -> tuple[Known, ModelFacts | None]:
    """Return what is known once all checks have their verdict."""
    record = record_in(revision.path)
    if record is None:
        return Known(audit=audit), None
    return Known(audit=audit, outcomes=record.outcomes), facts_of(record)


def known_of_file(audit: Audit, path: Path) -> Known:
    """Return what is known once a file was written."""
    if not path.exists():
        return Known(audit=audit)
    return Known(audit=audit, file_sha256=file_sha256(path), size=path.stat().st_size)


def facts_of(record: AuditRecord) -> ModelFacts:
    """Return what the machine-learning facet tells of an audit."""
    baseline: Mapping[str, Json] | None = None
    if record.baseline is not None:
        approval = asdict(record.approval) if record.approval is not None else None
        baseline = {
            "fingerprint": record.baseline.fingerprint,
            "rows": record.baseline.rows,
            "approval": approval,
        }
    return ModelFacts(
        verdict=record.verdict.value,
        model=record.model,
        baseline=baseline,
        outcomes=tuple(publishable(outcome) for outcome in record.outcomes),
    )

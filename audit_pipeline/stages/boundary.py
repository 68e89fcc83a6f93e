"""The one place where a stage's failure is caught: it becomes a record, and gaps, not silence."""

import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from audit_pipeline.crash_points import CrashPoint, reached
from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.measurement import Json
from audit_pipeline.domain.record import StageRecord
from audit_pipeline.engines.base import EngineError
from audit_pipeline.models.base import ModelError
from audit_pipeline.models.child import waited_seconds
from audit_pipeline.profiles.measure import ProfileError
from audit_pipeline.sources.base import SourceError
from audit_pipeline.stages.heartbeat import keep_beating
from audit_pipeline.stages.lineage.emitting import begin_stage, end_stage
from audit_pipeline.stages.missing import MissingError, NothingClaimedError, said, where
from audit_pipeline.stages.progress import tell
from audit_pipeline.stages.revision import AuditRun, Revision, StageResult
from audit_pipeline.store.claims import Claim

logger = logging.getLogger(__name__)

MISSING = (MissingError, SourceError, EngineError, ModelError, ProfileError)
"""Errors that say that something planned was not there; all others are crashes."""


@dataclass
class Stage:
    """A stage at work: what it has to say is put here, and survives its failure."""

    asset: str
    outcomes: list[Outcome] = field(default_factory=list)
    facts: dict[str, Json] = field(default_factory=dict)
    crashes: list[str] = field(default_factory=list)
    """What broke without stopping the stage; it counts as crashed all the same."""
    record: StageRecord | None = None
    elsewhere: float = 0.0
    """Seconds of this stage's work that were done ahead, in another thread."""
    blocked: float = 0.0
    """Seconds this thread stood still for that work."""

    def result(self) -> StageResult:
        """Return what the stage leaves behind, once it has ended."""
        record = self.record or StageRecord(asset=self.asset, status="crashed", reason="no end")
        return StageResult(record=record, outcomes=tuple(self.outcomes), facts=self.facts)


@contextlib.contextmanager
def ending(asset: str) -> Iterator[Stage]:
    """Time a stage and catch what it raises, as `missing` or `crashed` with its reason."""
    stage = Stage(asset)
    tell("begun", asset=asset)
    begun, waited = time.monotonic(), waited_seconds()
    status: Literal["done", "crashed", "missing"] = "done"
    reason: str | None = None
    try:
        yield stage
    except MISSING as error:
        status, reason = "missing", str(error)
    except Exception as error:  # noqa: BLE001 (the boundary: it ends in a gap and a red run)
        logger.error("%s crashed\n%s", asset, where(error))  # noqa: TRY400 (its words quote values)
        status, reason = "crashed", said(error)
    if status == "done" and stage.crashes:
        status, reason = "crashed", "; ".join(stage.crashes)
    ended = time.monotonic()
    waited = waited_seconds() - waited
    here = ended - begun - waited - stage.blocked
    stage.record = StageRecord(
        asset=asset,
        status=status,
        reason=reason,
        seconds=here + stage.elsewhere,
        waited=waited + stage.blocked,
    )
    tell("worked", asset=asset, begun=begun, ended=begun + here)
    tell("ended", asset=asset, status=status, seconds=stage.record.seconds)


@dataclass(frozen=True, slots=True)
class Ran:
    """A stage asset's result, and the claim it worked under; `worked` is False if it stood."""

    claim: Claim
    result: StageResult
    worked: bool


def run_stage(run: AuditRun, asset: str, work: Callable[[Revision, Stage], None]) -> Ran:
    """Run one stage asset of a claimed window and keep its result.

    A window that is sealed, or in another run's hands, is left alone: what stands is returned.

    Raises:
        NothingClaimedError: The window has no snapshot yet.
    """
    claim = run.adopt()
    if claim is None:
        raise NothingClaimedError(
            f"window {run.window.key} of {run.audit.name} has no snapshot yet: materialize the"
            " asset `snapshot` first, or all assets together"
        )
    revision = run.revision(claim)
    if claim.state != "granted":
        return Ran(claim, revision.result(asset) or _nothing(asset, claim), worked=False)
    keep_beating(run.store, claim)
    begin_stage(run, asset)
    with ending(asset) as stage:
        work(revision, stage)
    revision.write_result(stage.result())
    reached(CrashPoint.RESULT_WRITTEN)
    end_stage(run, revision, stage.result())
    return Ran(claim, stage.result(), worked=True)


def _nothing(asset: str, claim: Claim) -> StageResult:
    reason = f"revision {claim.revision} is in the hands of run {claim.run_id}"
    return StageResult(record=StageRecord(asset=asset, status="missing", reason=reason))

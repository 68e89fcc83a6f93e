"""The report stage's last steps: write the report, then seal the evidence."""

import contextlib
import logging
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from markupsafe import Markup
from pydantic import TypeAdapter

from audit_pipeline import clock
from audit_pipeline.crash_points import CrashPoint, reached
from audit_pipeline.domain.check import Outcome, publishable
from audit_pipeline.domain.record import AuditRecord, StageRecord
from audit_pipeline.evidence.manifest import NAME as MANIFEST
from audit_pipeline.evidence.manifest import write_manifest
from audit_pipeline.evidence.suppression import without_small_cells
from audit_pipeline.report.base import ReportInput, Section
from audit_pipeline.report.catalog import SECTIONS
from audit_pipeline.report.page import render
from audit_pipeline.stages.arrivals import note_mark
from audit_pipeline.stages.boundary import Ran, Stage, run_stage
from audit_pipeline.stages.comparing import what_was_before
from audit_pipeline.stages.findings.updating import update_findings
from audit_pipeline.stages.heartbeat import stop_beating
from audit_pipeline.stages.index import write_index
from audit_pipeline.stages.lineage.emitting import begin_stage, sealing
from audit_pipeline.stages.missing import NothingClaimedError, said, where
from audit_pipeline.stages.progress import tell
from audit_pipeline.stages.reading import as_json
from audit_pipeline.stages.report_input import report_input
from audit_pipeline.stages.revision import AUDIT_FILE, AuditRun, Revision, StageResult
from audit_pipeline.stages.verdicts import make_record, read_record
from audit_pipeline.store.atomic import atomic_write, remove_drafts, replace_folder, write_json
from audit_pipeline.store.outbox import Transaction

logger = logging.getLogger(__name__)

OUTCOMES = TypeAdapter(tuple[Outcome, ...])


class CrashedError(Exception):
    """A stage crashed. The report is written; this turns the run red."""


def write_report(run: AuditRun) -> Ran:
    """Write the report for people, whatever the stages before it came to."""

    def work(revision: Revision, stage: Stage) -> None:
        record = read_record(revision) or make_record(run, revision)
        reached(CrashPoint.RECORD_WRITTEN)
        with atomic_write(revision.report) as sink:
            before = what_was_before(run.store, record)
            content = report_input(run, handed_out(record), revision, before)
            sink.write(_page(content, stage).encode())
        reached(CrashPoint.REPORT_WRITTEN)
        stage.facts["bytes"] = revision.report.stat().st_size

    return run_stage(run, "report", work)


def _page(report: ReportInput, stage: Stage) -> str:
    """Return the report; a section that breaks is said to be missing, and costs no other."""

    def written(section: Section) -> Section:
        try:
            body = section.write(report)
        except Exception as error:  # noqa: BLE001 (a section must not cost the report)
            logger.error("the section %r broke\n%s", section.title, where(error))  # noqa: TRY400 (its words quote values)
            stage.crashes.append(f"the section {section.title!r} broke: {said(error)}")
            body = Markup("<p>This section could not be written: something broke.</p>")
        return replace(section, write=lambda _: body)

    return render(report, {name: written(section) for name, section in SECTIONS.items()})


def seal(run: AuditRun) -> Ran:
    """Hand out the evidence, and close the claim: from here on the audit stands.

    The evidence comes to its place in the transaction that seals, once nobody can have taken the
    claim over, and is there before that is committed: evidence without its entry in the store is
    an audit that did not happen, and the next run makes it again.
    """
    claim = run.adopt()
    if claim is None:
        raise NothingClaimedError(f"window {run.window.key} of {run.audit.name} has no snapshot")
    revision = run.revision(claim)
    folder = run.evidence_folder(claim.revision)
    if claim.state != "granted":
        if claim.sealed:  # by a run that may have been killed before it wrote the list
            write_index(run)
        return Ran(claim, _sealed_result(folder, revision), worked=False)
    if revision.result("report") is None:  # a run that has died since had it in hand
        write_report(run)
    begin_stage(run, "evidence")
    tell("begun", asset="evidence")
    begun = time.perf_counter()
    record = read_record(revision) or make_record(run, revision)
    complete, result = not _crashes(record, revision), _sealed_result(folder, revision)
    remove_drafts(revision.path)  # of a process that was killed while it wrote one
    with _handed_out(run, revision, record, folder) as draft:
        told = sealing(run, revision, result, draft / MANIFEST, complete=complete)

        def also(transaction: Transaction) -> None:
            update_findings(transaction, run.audit, record, clock.now())
            told(transaction)
            reached(CrashPoint.SEALING)
            replace_folder(draft, folder)
            reached(CrashPoint.EVIDENCE_IN_PLACE)

        run.store.seal(claim, as_json(record), complete=complete, also=also)
    stop_beating(claim)
    reached(CrashPoint.SEALED)
    write_index(run)
    reached(CrashPoint.LISTED)
    if complete:  # else, and after a crash right here, the window is looked at again
        note_mark(run.store, claim, revision.path, clock.now())
    tell("ended", asset="evidence", status="done", seconds=time.perf_counter() - begun)
    return Ran(claim, result, worked=True)


def raise_if_crashed(run: AuditRun) -> None:
    """Raise if a stage of the window's last revision crashed, once its report is written.

    Raises:
        CrashedError: One did; the message names all.
    """
    claim = run.adopt()
    revision = run.revision(claim) if claim is not None else None
    crashes = _crashes(read_record(revision), revision) if revision is not None else []
    if crashes:
        told = "; ".join(f"{stage.asset} crashed ({stage.reason})" for stage in crashes)
        raise CrashedError(f"the report is written, with gaps, but: {told}")


def _crashes(record: AuditRecord | None, revision: Revision) -> list[StageRecord]:
    """Return the stages that crashed, those that write the verdicts and the report among them."""
    written = [revision.result(asset) for asset in ("verdicts", "report")]
    stages = [*(record.stages if record else ()), *(result.record for result in written if result)]
    return [stage for stage in stages if stage.status == "crashed"]


@contextlib.contextmanager
def _handed_out(
    run: AuditRun, revision: Revision, record: AuditRecord, folder: Path
) -> Iterator[Path]:
    """Give the evidence beside its place; what was not put there is gone afterwards."""
    draft = folder.with_name(f".{folder.name}.{run.run_id}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        public = handed_out(record)
        write_json(draft / "results.json", without_small_cells(as_json(public)))
        write_json(draft / "measurements.json", without_small_cells(measurements(public)))
        (draft / AUDIT_FILE).write_bytes(run.file.raw)
        if revision.report.exists():
            shutil.copyfile(revision.report, draft / "report.html")
        about = {"audit": record.audit, "window": record.window.key, "revision": record.revision}
        reached(CrashPoint.EVIDENCE_DRAFTED)
        write_manifest(draft, about | {"verdict": record.verdict.value, "version": record.version})
        reached(CrashPoint.MANIFEST_WRITTEN)
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def handed_out(record: AuditRecord) -> AuditRecord:
    """Return the record as it may leave the house; the store keeps it whole."""
    return replace(record, outcomes=tuple(publishable(outcome) for outcome in record.outcomes))


def measurements(record: AuditRecord) -> dict[str, Any]:
    """Return all that was measured and judged, with no clock, run id or latency in it.

    The same snapshot, engine and pins give the same bytes.
    """
    return {
        "audit": record.audit,
        "window": record.window.key,
        "snapshot": record.snapshot.fingerprint if record.snapshot else None,
        "baseline": record.baseline.fingerprint if record.baseline else None,
        "outcomes": OUTCOMES.dump_python(record.outcomes, mode="json"),
        "explanations": record.explanations,
    }


def _sealed_result(folder: Path, revision: Revision) -> StageResult:
    return StageResult(
        record=StageRecord(asset="evidence", status="done"),
        facts={
            "folder": str(folder),
            "report": str(folder / "report.html"),
            "revision": revision.claim.revision,
        },
    )

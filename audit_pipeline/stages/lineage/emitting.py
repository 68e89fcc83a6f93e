"""Tell that stages begin and end: written into the outbox, in transactions of the results store.

No audit ends because of its lineage. What cannot be written is logged, counted, and said in the
report; it is the only thing that is lost.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from audit_pipeline.audits.home import Home, lineage_is_off
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.lineage.told import Run, Transition
from audit_pipeline.stages.lineage.jobs import job_of, root_of, run_of
from audit_pipeline.stages.lineage.known import Known
from audit_pipeline.stages.lineage.left_behind import (
    known_after,
    known_of_baseline,
    known_of_file,
    known_of_verdicts,
)
from audit_pipeline.stages.lineage.lineage_run import Teller, Write
from audit_pipeline.stages.lineage.names import job_name
from audit_pipeline.stages.lineage.tables import tables_of
from audit_pipeline.stages.missing import where
from audit_pipeline.stages.revision import AuditRun, Revision, StageResult, open_store
from audit_pipeline.store.outbox import Transaction
from audit_pipeline.store.store import Store

logger = logging.getLogger(__name__)

_lost: Counter[str] = Counter()
"""Times that something could not be told, by root run; of this process."""
_begun: set[str] = set()
"""Root runs whose beginning this process has told."""

ENDS = {
    "done": Transition.COMPLETE,
    "crashed": Transition.FAIL,
    "missing": Transition.FAIL,
}


def begin_stage(run: AuditRun, asset: str) -> None:
    """Tell that a stage of an audit begins; and the audit, if it is the first of this run."""
    if lineage_is_off():
        return
    with never_in_the_way(root_of(run), asset):
        told = [] if root_of(run) in _begun else [_teller(run).begun()]
        told.append(_teller(run, asset).begun(tables_of(asset, Known(audit=run.audit))))
        _write(run.store, told)
        _begun.add(root_of(run))


def end_stage(run: AuditRun, revision: Revision, result: StageResult) -> None:
    """Tell how a stage of an audit ended."""
    if lineage_is_off():
        return
    with never_in_the_way(root_of(run), result.record.asset):
        _write(run.store, [_stage_ended(run, revision, result, revision.report)])


def leave_alone(run: AuditRun, asset: str) -> None:
    """Tell that a run found its window audited, or in another's hands, and made nothing."""
    if lineage_is_off():
        return
    with never_in_the_way(root_of(run), asset):
        ended = [_teller(run, each).ended(Transition.COMPLETE) for each in (asset, "")]
        _write(run.store, ended)


def sealing(
    run: AuditRun, revision: Revision, result: StageResult, manifest: Path, *, complete: bool
) -> Write:
    """Return what tells that an audit ended, for the transaction that seals it.

    `result` is that of sealing, `manifest` the file that it wrote.
    """
    how = Transition.COMPLETE if complete else Transition.FAIL
    error = "" if complete else "a stage of this audit crashed: see its report"
    told: list[Write] = []
    if lineage_is_off():
        return id
    with never_in_the_way(root_of(run), result.record.asset):
        last = _stage_ended(run, revision, result, manifest)
        told = [last, _teller(run, revision=revision).ended(how, error=error)]

    def write(transaction: Transaction) -> None:
        with never_in_the_way(root_of(run), "evidence"), transaction.begin_nested():
            _all(told, transaction)  # if it cannot be, the audit is sealed all the same

    return write


def begin_baseline(home: Home, file: AuditFile) -> Teller | None:
    """Tell that a baseline is made; return who tells how that ended, if it could be told."""
    if lineage_is_off():
        return None
    lineage_run, name = str(uuid4()), job_name(file.audit.name, "baseline")
    with never_in_the_way(lineage_run, "baseline"):
        run = Run(id=lineage_run, root=lineage_run, root_job=name, dagster_run="")
        teller = Teller(audit=file.audit.name, job=job_of(file, "baseline"), run=run)
        tables = tables_of("baseline", Known(audit=file.audit))
        _write(open_store(home.store_url), [teller.begun(tables)])
        return teller
    return None


def end_baseline(
    home: Home, file: AuditFile, teller: Teller | None, result: StageResult, place: Path | None
) -> None:
    """Tell how the making of a baseline ended; `place` is where it stands."""
    if teller is None:
        return
    with never_in_the_way(teller.run.id, "baseline"):
        tables = tables_of("baseline", known_of_baseline(file.audit, place))
        how, error = ENDS[result.record.status], result.record.reason or ""
        _write(open_store(home.store_url), [teller.ended(how, tables, error=error)])


def lost_events(run: AuditRun) -> int:
    """Return how often something of an audit could not be told, as far as this process knows."""
    return _lost[root_of(run)]


@contextmanager
def never_in_the_way(root: str, asset: str, *, losing: bool = True) -> Iterator[None]:
    """Log what goes wrong while something is told, and go on; count it where that loses events."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 (an audit without lineage is better than none)
        _lost[root] += losing
        logger.error("lineage of %s could not be written\n%s", asset, where(error))  # noqa: TRY400 (its words quote values)


def _stage_ended(run: AuditRun, revision: Revision, result: StageResult, written: Path) -> Write:
    asset, model = result.record.asset, None
    if asset == "verdicts":
        known, model = known_of_verdicts(run.audit, revision)
    elif asset in {"report", "evidence"}:
        known = known_of_file(run.audit, written)
    else:
        known = known_after(run.audit, revision, result)
    teller = _teller(run, asset, revision)
    how, error = ENDS[result.record.status], result.record.reason or ""
    return teller.ended(how, tables_of(asset, known), error=error, model=model)


def _teller(run: AuditRun, asset: str = "", revision: Revision | None = None) -> Teller:
    number, engine = None, ""
    if revision is not None:
        snapshot = revision.snapshot()
        number, engine = revision.claim.revision, snapshot.engine if snapshot else ""
    return Teller(
        audit=run.audit.name, job=job_of(run.file, asset), run=run_of(run, asset, number, engine)
    )


def _write(store: Store, told: list[Write]) -> None:
    with store.engine.begin() as connection:
        _all(told, connection)


def _all(told: list[Write], transaction: Transaction) -> None:
    for write in told:
        write(transaction)

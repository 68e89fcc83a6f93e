"""How a window stands, told to whoever asked for it."""

from collections import Counter
from dataclasses import dataclass

from audit_pipeline import clock
from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.stages.revision import AuditRun, open_store


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a window stands after a run: what came of it, and where its report is."""

    window: str
    state: str
    """`audited`, `already audited`, `in progress`, or `nothing`."""
    revision: int
    run_id: str
    verdict: str | None
    headlines: tuple[str, ...]
    counts: dict[str, int]
    report: str | None
    work_seconds: float


def standing_of(home: Home, file: AuditFile, window: str, run_id: str) -> Standing:
    """Return how `window` stands after the run `run_id` worked on it."""
    store = open_store(home.store_url)
    outcome = store.outcome_of(run_id, file.audit.name, window)
    state, revision = outcome or ("nothing", 0)
    sealed = [s for s in store.sealed(file.audit.name, window) if s.revision == revision]
    if not sealed:
        return _nothing(window, state, revision, run_id)
    record = sealed[0].record
    run = AuditRun(
        home=home,
        file=file,
        window=file.audit.window.windows.window(window, clock.now()),
        run_id=run_id,
    )
    return Standing(
        window=window,
        state=state,
        revision=revision,
        run_id=record["run_id"],
        verdict=record["verdict"],
        headlines=tuple(record["headlines"]),
        counts=dict(Counter(o["verdict"] for o in record["outcomes"])),
        report=str(run.evidence_folder(revision) / "report.html"),
        work_seconds=sum(stage["seconds"] for stage in record["stages"]),
    )


def _nothing(window: str, state: str, revision: int, run_id: str) -> Standing:
    return Standing(
        window=window,
        state=state,
        revision=revision,
        run_id=run_id,
        verdict=None,
        headlines=(),
        counts={},
        report=None,
        work_seconds=0.0,
    )

"""End the lineage runs that a crash left open: a catalogue would show them running for ever."""

from audit_pipeline import clock
from audit_pipeline.crash_points import CrashPoint, reached
from audit_pipeline.lineage.events import aborted
from audit_pipeline.lineage.told import Transition
from audit_pipeline.stages.lineage.jobs import key_of
from audit_pipeline.store import open_runs
from audit_pipeline.store.outbox import LINEAGE, Entry, add
from audit_pipeline.store.store import Store

WHY = "the process ended before it could say how this ended"


def reconcile(store: Store) -> int:
    """End every lineage run whose process is gone, as aborted; return how many were.

    Whoever finishes the audit does so in a run of its own.
    """
    ended = 0
    for run in open_runs.left_open(store.engine):
        key = key_of(run.lineage_run, Transition.ABORT)
        body = aborted(run.start, key, clock.now().isoformat(), WHY)
        entry = Entry(
            channel=LINEAGE,
            key=key,
            stream=run.root,
            audit=run.audit,
            window=run.window,
            about=f"{Transition.ABORT} {run.lineage_run}",
            body=body,
        )
        with store.engine.begin() as connection:
            if open_runs.end(connection, run.lineage_run):  # else another has ended it meanwhile
                add(connection, [entry])
                reached(CrashPoint.RUN_ABORTED)
                ended += 1
    return ended

"""Runs that Dagster takes for running, and whose process is gone: ended, so that others can begin.

After a power cut they would stay for the hours of `run_monitoring.max_runtime_seconds`, hold the
few places there are for runs, and keep their windows from being audited again.
"""

import json
import socket
from math import inf
from typing import NamedTuple

import dagster as dg

from audit_pipeline import clock
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.defs.run_process import PROCESS_TAG, is_gone

WORKING = [
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
"""What holds a place: the queue counts these. Who waits in it has no process, and outlives all."""
INTERVAL_SECONDS = 30


class Here(NamedTuple):
    """This machine, and since when runs are started on it, in seconds of the epoch."""

    host: str
    since: float
    """Infinite where nobody knows on which machine runs are started."""


def left_running_sensors(files: list[AuditFile]) -> list[dg.SensorDefinition]:
    """Return the sensor that ends runs whose process is gone; none where there is no audit."""
    if not files:
        return []

    def tick(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        here = _here(context.cursor)
        context.update_cursor(json.dumps(here))
        if not _has_queue(context.instance):
            here = Here(here.host, inf)
        origin = context.code_location_origin
        location = origin.location_name if origin else None
        told = end_left_running(context.instance, here, location)
        return dg.SkipReason(";\n".join(told) or "every run that works has its process")

    return [
        dg.SensorDefinition(
            name="left_running",
            evaluation_fn=tick,
            minimum_interval_seconds=INTERVAL_SECONDS,
            default_status=dg.DefaultSensorStatus.RUNNING,
            description="Ends runs whose process is gone: after a power cut, mostly.",
        )
    ]


def end_left_running(
    instance: dg.DagsterInstance, here: Here, location: str | None = None
) -> list[str]:
    """End the runs whose process is gone; return a sentence for each.

    With `location`, those of other code locations are left alone: their runs may be elsewhere.
    """
    told = []
    for record in instance.get_run_records(dg.RunsFilter(statuses=WORKING)):
        if not _is_ours(record.dagster_run, location):
            continue
        who = is_gone(instance, record, here.since, clock.now())
        # read again: before its process ended, it may have come to its end
        run = instance.get_run_by_id(record.dagster_run.run_id) if who else None
        if who and run is not None and run.status in WORKING:
            told.append(_end(instance, run, who))
    return told


def _end(instance: dg.DagsterInstance, run: dg.DagsterRun, who: str) -> str:
    """End one run, as canceled if somebody wished that; return what was done."""
    if run.status is dg.DagsterRunStatus.CANCELING:
        instance.report_run_canceled(run, f"Canceled as asked: {who} is gone.")
        return f"{run.run_id}: canceled: {who} is gone"
    instance.report_run_failed(
        run,
        f"This run left no word and {who} is gone: the machine lost power or memory, or somebody"
        " killed it. Nothing is to be done if it was an audit: the sensor unfinished_audits writes"
        " its report, with gaps, and unless it is run by hand its window is then audited again."
        " Should it happen again, look into the machine's log for a kill for want of memory.",
    )
    return f"{run.run_id}: failed: {who} is gone"


def _is_ours(run: dg.DagsterRun, location: str | None) -> bool:
    """Return whether a run is of this code location, or of our command line."""
    origin = run.remote_job_origin
    if origin is None or location is None:
        return location is None or PROCESS_TAG in run.tags
    return origin.location_name == location


def _has_queue(instance: dg.DagsterInstance) -> bool:
    """Return whether the daemon starts all runs; else the web server does, on a machine of its own.

    Dagster has a queue unless `dagster.yaml` names another coordinator.
    """
    from dagster._core.run_coordinator import QueuedRunCoordinator  # noqa: PLC0415 (of Dagster)

    return isinstance(instance.run_coordinator, QueuedRunCoordinator)


def _here(cursor: str | None) -> Here:
    """Return this machine; a move of the daemon to another begins a new count."""
    host = socket.gethostname()
    if not cursor:
        return Here(host, 0.0)
    last = Here(*json.loads(cursor))
    return last if last.host == host else Here(host, clock.now().timestamp())

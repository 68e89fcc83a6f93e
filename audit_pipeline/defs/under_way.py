"""What Dagster works on already, or is about to: nobody is to ask for it twice."""

from collections.abc import Iterable, Mapping

import dagster as dg

from audit_pipeline.audits.audit import Audit
from audit_pipeline.defs.partitions import job_name
from audit_pipeline.defs.runs import PARTITION_TAG

ENDED = (
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
)
UNFINISHED = [status for status in dg.DagsterRunStatus if status not in ENDED]


def is_under_way(instance: dg.DagsterInstance, audit: Audit, window: str) -> bool:
    """Return whether a run of an audit's window waits or works."""
    runs = instance.get_runs(unfinished({PARTITION_TAG: window}))
    return any(_is_about(run, audit) for run in runs)


def unfinished(tags: Mapping[str, str]) -> dg.RunsFilter:
    """Return what finds the runs of these tags that wait or work."""
    return dg.RunsFilter(tags=dict(tags), statuses=UNFINISHED)


def paused_lines(audits: Iterable[Audit]) -> list[str]:
    """Return a sentence for each audit that is paused, and why."""
    paused = [(audit.name, audit.schedule.paused) for audit in audits]
    return [f"{name}: paused: {reason}" for name, reason in paused if reason is not None]


def _is_about(run: dg.DagsterRun, audit: Audit) -> bool:
    """Return whether a run of a window is about the audit: by its assets, or by its job."""
    if run.asset_selection:
        return any(key.path[0] == audit.name for key in run.asset_selection)
    return run.job_name == job_name(audit)

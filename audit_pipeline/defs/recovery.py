"""When a run dies: finish its report, with gaps, in a run of its own."""

import dagster as dg

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.defs.jobs import Job
from audit_pipeline.defs.partitions import job_name
from audit_pipeline.defs.runs import AUDIT_TAG, RECOVERY_TAG, home
from audit_pipeline.stages import work

FINISH = ("verdicts", "report", "evidence")
ATTEMPTS = 3
"""Recovery runs that may fail for one dead run, before somebody has to look."""


def recovery_sensors(files: list[AuditFile], jobs: list[Job]) -> list[dg.SensorDefinition]:
    """Return the sensor that watches for audits whose process ended before they were sealed.

    It looks at the claims, not at Dagster's failed runs: those are missed when the daemon was
    down, and say nothing of runs that were started from the command line.
    """
    if not files:
        return []
    by_name = {file.audit.name: file.audit for file in files}

    def watch(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        requests, waiting = [], []
        for claim in work.abandoned(home(), list(by_name.values())):
            what = f"{claim.audit}/{claim.window}/{claim.revision}"
            if _ended_as_wished(context.instance, claim.run_id):
                waiting.append(f"{what}: canceled, or materialized in part")
                continue
            tried = context.instance.get_run_records(
                dg.RunsFilter(tags={AUDIT_TAG: claim.audit, RECOVERY_TAG: what})
            )
            if len(tried) < ATTEMPTS and all(record.dagster_run.is_finished for record in tried):
                requests.append(_finish(by_name[claim.audit], claim.window, what, len(tried)))
            else:
                waiting.append(f"{what}: {len(tried)} recovery runs so far")
        if not requests:
            return dg.SkipReason("; ".join(waiting) or "no audit was left unfinished")
        return dg.SensorResult(run_requests=requests)

    return [
        dg.SensorDefinition(
            name="unfinished_audits",
            evaluation_fn=watch,
            jobs=jobs,
            minimum_interval_seconds=30,
            default_status=dg.DefaultSensorStatus.RUNNING,
            description="Writes the report, with gaps, of audits whose process was killed.",
        )
    ]


def _ended_as_wished(instance: dg.DagsterInstance, run_id: str) -> bool:
    """Return whether a run ended as somebody wished, who materialized single assets or canceled."""
    run = instance.get_run_by_id(run_id)
    return run is not None and run.status in {
        dg.DagsterRunStatus.SUCCESS,
        dg.DagsterRunStatus.CANCELED,
    }


def _finish(audit: Audit, window: str, what: str, attempt: int) -> dg.RunRequest:
    """Return the request for a run that only writes what a dead one left unwritten.

    `what` names the revision. A key is used once, whatever becomes of its run: so it counts the
    attempts.
    """
    return dg.RunRequest(
        run_key=f"{what}/{attempt}",
        job_name=job_name(audit),
        asset_selection=[dg.AssetKey([audit.name, name]) for name in FINISH],
        partition_key=window,
        tags={AUDIT_TAG: audit.name, RECOVERY_TAG: what},
    )

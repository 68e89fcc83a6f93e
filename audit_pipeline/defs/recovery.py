"""When a run dies: finish its report, with gaps, in a run of its own."""

import dagster as dg

from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.defs.jobs import Job
from audit_pipeline.defs.partitions import job_name
from audit_pipeline.defs.runs import home
from audit_pipeline.stages import work

FINISH = ("verdicts", "report", "evidence")
RECOVERY_TAG = "audit_pipeline/recovers"


def recovery_sensors(files: list[AuditFile], jobs: list[Job]) -> list[dg.SensorDefinition]:
    """Return the sensor that watches for audits whose process ended before they were sealed.

    It looks at the claims, not at Dagster's failed runs: those are missed when the daemon was
    down, and say nothing of runs that were started from the command line.
    """
    if not files:
        return []
    by_name = {file.audit.name: file.audit for file in files}

    def watch() -> dg.SensorResult | dg.SkipReason:
        requests = [
            dg.RunRequest(
                run_key=f"{claim.audit}/{claim.window}/{claim.revision}/{claim.run_id}",
                job_name=job_name(by_name[claim.audit]),
                asset_selection=[dg.AssetKey([claim.audit, name]) for name in FINISH],
                partition_key=claim.window,
                tags={"audit": claim.audit, RECOVERY_TAG: claim.run_id},
            )
            for claim in work.abandoned(home())
            if claim.audit in by_name
        ]
        if not requests:
            return dg.SkipReason("no audit was left unfinished")
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

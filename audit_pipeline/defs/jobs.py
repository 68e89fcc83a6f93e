"""Shared jobs, and one schedule per audit."""

from typing import Any

import dagster as dg

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.defs.assets import ASSETS
from audit_pipeline.defs.describing import schedule_tags, schedule_words
from audit_pipeline.defs.partitions import job_name
from audit_pipeline.defs.runs import AUDIT_TAG, home
from audit_pipeline.domain.window import Window
from audit_pipeline.stages import work

Job = Any  # Dagster does not export the type of an asset job


def shared_jobs(files: list[AuditFile]) -> list[Job]:
    """Return one job for all audits of the same windows: a job each would load quadratically."""
    together: dict[str, list[Audit]] = {}
    for file in files:
        together.setdefault(job_name(file.audit), []).append(file.audit)
    return [
        dg.define_asset_job(
            name,
            # not all there are: the drill-down is drawn on demand only
            selection=dg.AssetSelection.assets(*[key for a in audits for key in assets_of(a)]),
            description="Audits a window: " + ", ".join(audit.name for audit in audits),
        )
        for name, audits in together.items()
    ]


def assets_of(audit: Audit) -> list[dg.AssetKey]:
    """Return the keys of an audit's assets, in order."""
    return [dg.AssetKey([audit.name, name]) for name in ASSETS]


def request(audit: Audit, window: Window) -> dg.RunRequest:
    """Return the request for a run that audits one window."""
    return dg.RunRequest(
        job_name=job_name(audit),
        asset_selection=assets_of(audit),
        partition_key=window.key,
        tags={AUDIT_TAG: audit.name},
    )


def schedule_of(file: AuditFile) -> dg.ScheduleDefinition:
    """Return the schedule of an audit: on by default, auditing the newest window that has ended."""
    audit = file.audit

    def tick(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        due = work.due_window(home(), file, context.scheduled_execution_time)
        if isinstance(due, str):
            return dg.SkipReason(due)
        return request(audit, due)

    return dg.ScheduleDefinition(
        name=f"{audit.name}_schedule",
        cron_schedule=audit.schedule.cron_for(audit.window.every),
        execution_timezone=audit.window.timezone,
        job_name=job_name(audit),
        execution_fn=tick,
        default_status=(
            dg.DefaultScheduleStatus.RUNNING
            if audit.schedule.enabled
            else dg.DefaultScheduleStatus.STOPPED
        ),
        description=schedule_words(audit),
        tags=schedule_tags(audit),
    )

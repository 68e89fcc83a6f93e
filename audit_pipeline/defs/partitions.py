"""Windows as Dagster partitions."""

from datetime import timedelta

import dagster as dg

from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.window import CRONS, FORMATS


def partitions_of(audit: Audit) -> dg.TimeWindowPartitionsDefinition:
    """Return the audit's windows; the keys are those the core gives them."""
    windows = audit.window.windows
    return dg.TimeWindowPartitionsDefinition(
        start=windows.start,
        # Dagster takes a partition that begins before `end`; ours must have ended by then
        end=None if windows.end is None else windows.end - timedelta(microseconds=1),
        timezone=windows.timezone,
        cron_schedule=CRONS[windows.every],
        fmt=FORMATS[windows.every],
    )


def job_name(audit: Audit) -> str:
    """Return the name of the job that audits of these windows share."""
    windows = audit.window.windows
    until = f"_until_{windows.end:%Y%m%d%H}" if windows.end else ""
    zone = "".join(c if c.isalnum() else "_" for c in windows.timezone.lower())
    return f"audit_every_{windows.every}_{zone}_from_{windows.start:%Y%m%d%H}{until}"

"""Windows as Dagster partitions."""

import dagster as dg

from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.window import CRONS, FORMATS


def partitions_of(audit: Audit) -> dg.TimeWindowPartitionsDefinition:
    """Return the audit's windows; the keys are those the core gives them."""
    windows = audit.window.windows
    return dg.TimeWindowPartitionsDefinition(
        start=windows.start,
        end=windows.end,
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

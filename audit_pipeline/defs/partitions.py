"""Windows as Dagster partitions."""

from datetime import datetime

import dagster as dg

from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.window import CRONS, FORMATS, Every

ADVERBS = {
    Every.HOUR: "hourly",
    Every.DAY: "daily",
    Every.WEEK: "weekly",
    Every.MONTH: "monthly",
    Every.YEAR: "yearly",
}


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
    """Return the name of the job that audits of these windows share, and no others."""
    windows = audit.window.windows
    until = f"_until_{_safe_time(windows.end)}" if windows.end else ""
    zone = _safe(windows.timezone.lower().replace("+", "plus"))  # Etc/GMT+5 is not Etc/GMT-5
    return f"{ADVERBS[windows.every]}_audits_{zone}_from_{_safe_time(windows.start)}{until}"


def _safe_time(time: datetime) -> str:
    return _safe(time.isoformat().removesuffix("T00:00:00"))


def _safe(text: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in text)

"""What a Dagster run means to the core: which audit, which window, whose run."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from audit_pipeline.audits.home import Home, find_home
from audit_pipeline.audits.reader import AuditFile

if TYPE_CHECKING:
    from audit_pipeline.stages.revision import AuditRun

AGAIN_TAG = "audit_pipeline/again"
"""Set on a run to make a new revision of content that was audited already."""


Context = dg.AssetExecutionContext | dg.AssetCheckExecutionContext


def home() -> Home:
    """Return the home this process works in."""
    return find_home()


def audit_run(context: Context, file: AuditFile) -> "AuditRun":
    """Return the core's view of the running step."""
    from audit_pipeline.stages.revision import AuditRun  # noqa: PLC0415 (needs the store)

    windows = file.audit.window.windows
    again = context.run.tags.get(AGAIN_TAG, "").lower() in {"1", "true", "yes"}
    return AuditRun(
        home=home(),
        file=file,
        window=windows.window(context.run.tags["dagster/partition"], datetime.now(UTC)),
        run_id=context.run.run_id,
        again=again,
    )

"""After a stretch in which nothing ran: audit the windows that were missed, newest first."""

from datetime import timedelta
from typing import TYPE_CHECKING

import dagster as dg

from audit_pipeline import clock
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.defs.asking import Manner, Wanted, ask
from audit_pipeline.defs.jobs import Job
from audit_pipeline.defs.runs import STARTED_TAG, home
from audit_pipeline.defs.under_way import paused_lines

if TYPE_CHECKING:
    from audit_pipeline.stages.deadlines.catching_up import Missed

PAUSES = (timedelta(0), timedelta(hours=1), timedelta(hours=4))
"""Before each run at one window that was missed, since the one before: a source that is away for a
night comes back. Then somebody has to look."""
AT_ONCE = 10
"""Runs of ours that may wait or run together: tonight's must not wait behind all of them."""
ASK_SECONDS = 40.0
INTERVAL_SECONDS = 60
OURS = {STARTED_TAG: "catch_up"}


def catch_up_sensors(files: list[AuditFile], jobs: list[Job]) -> list[dg.SensorDefinition]:
    """Return the sensor that audits what was missed; none where every audit is run by hand."""
    audits = [file.audit for file in files if file.audit.schedule.enabled]
    if not audits:
        return []

    def tick(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        from audit_pipeline.stages.deadlines.catching_up import (  # noqa: PLC0415 (needs the store)
            missed_windows,
        )

        missed = missed_windows(home(), audits, clock.now())
        asked = ask(context.instance, [_wanted(each) for each in missed], _manner())
        later = f"{asked.left} more missed windows have their turn later"
        told = [*asked.told, *([later] if asked.left else []), *paused_lines(audits)]
        said = ";\n".join(told) or "no window was missed"
        context.log.info(said)
        skipped = None if asked.requests else said
        return dg.SensorResult(run_requests=asked.requests, skip_reason=skipped)

    return [
        dg.SensorDefinition(
            name="catch_up",
            evaluation_fn=tick,
            jobs=jobs,
            minimum_interval_seconds=INTERVAL_SECONDS,
            default_status=dg.DefaultSensorStatus.RUNNING,
            description="Audits windows that were missed, newest first: while nothing ran, mostly.",
        )
    ]


def _wanted(missed: "Missed") -> Wanted:
    # runs that came of data are not counted: who looks for data has tries of its own
    return Wanted(audit=missed.audit, window=missed.window, mark="catch_up", tags=OURS)


def _manner() -> Manner:
    return Manner(
        ours=OURS,
        at_once=AT_ONCE,
        seconds=ASK_SECONDS,
        pauses=PAUSES,
        because="was missed",
        of_what="its audit",
    )

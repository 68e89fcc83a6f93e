"""After a stretch in which nothing ran: audit the windows that were missed, newest first."""

from datetime import timedelta
from typing import TYPE_CHECKING

import dagster as dg

from audit_pipeline import clock
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.defs.jobs import Job
from audit_pipeline.defs.run_requests import Manner, Wanted, ask
from audit_pipeline.defs.runs import STARTED_TAG, home
from audit_pipeline.defs.under_way import paused_lines

if TYPE_CHECKING:
    from audit_pipeline.stages.deadlines.catching_up import Missed

INTERVAL_SECONDS = 60
OURS = {STARTED_TAG: "catch_up"}
MANNER = Manner(
    ours=OURS,
    at_once=10,  # tonight's runs must not wait behind more of ours
    seconds=40.0,
    # a source that is away for a night comes back
    pauses=(timedelta(0), timedelta(hours=1), timedelta(hours=4)),
    because="was missed",
    of_what="its audit",
)


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
        asked = ask(context.instance, [_wanted(each) for each in missed], MANNER)
        later = f"{asked.left} more missed windows have their turn later"
        told = [*asked.told, *([later] if asked.left else []), *paused_lines(audits)]
        said = ";\n".join(told) or "no window was missed"
        if asked.requests:  # each log is a file of its own: else the tick itself says it
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

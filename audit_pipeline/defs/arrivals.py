"""When data lands: audit the windows it belongs to, and again when it, or its labels, change."""

from datetime import timedelta
from typing import TYPE_CHECKING

import dagster as dg

from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.defs.jobs import Job
from audit_pipeline.defs.run_requests import Manner, Wanted, ask
from audit_pipeline.defs.runs import ARRIVAL_TAG, STARTED_TAG, home
from audit_pipeline.defs.under_way import paused_lines

if TYPE_CHECKING:
    from audit_pipeline.stages.watching import Due

LOOK_SECONDS = 30.0
"""How long a tick looks at sources: it is killed after a minute."""
INTERVAL_SECONDS = 4
"""The daemon goes through its sensors every five seconds: at a 5 it would leave out some turns."""
LINES = 20
MANNER = Manner(
    ours={STARTED_TAG: "arrival"},
    at_once=10,  # nobody else's run is to wait behind more of ours
    seconds=15.0,
    pauses=[timedelta(0)] * 3,
    because="has new data",
    of_what="the audit of its new data",
)


def arrival_sensors(files: list[AuditFile], jobs: list[Job]) -> list[dg.SensorDefinition]:
    """Return the sensor that watches the sources of all audits that are to run when data lands."""
    concerned = [f for f in files if f.audit.schedule.enabled and f.audit.schedule.on_arrival]
    if not concerned:
        return []
    watched = [file for file in concerned if file.audit.schedule.paused is None]

    def tick(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        from audit_pipeline.stages.watching import watch  # noqa: PLC0415 (needs the store)

        found = watch(home(), watched, context.cursor, LOOK_SECONDS)
        asked = ask(context.instance, [_wanted(due) for due in found.due], MANNER)
        if asked.left:
            found.memory.begin_with = found.due[-asked.left].audit.name
            asked.told.append("the other windows with new data have their turn later")
        told = _lines(found.said + asked.told + paused_lines([file.audit for file in concerned]))
        if asked.requests:  # each log is a file of its own: else the tick itself says it
            context.log.info(told)
        skipped = None if asked.requests else told
        return dg.SensorResult(
            run_requests=asked.requests, skip_reason=skipped, cursor=found.memory.write()
        )

    return [
        dg.SensorDefinition(
            name="arrivals",
            evaluation_fn=tick,
            jobs=jobs,
            minimum_interval_seconds=INTERVAL_SECONDS,
            default_status=dg.DefaultSensorStatus.RUNNING,
            description="Audits a window once its data has landed, and again when it changed.",
        )
    ]


def _wanted(due: "Due") -> Wanted:
    tags = {ARRIVAL_TAG: due.mark}
    return Wanted(
        audit=due.audit, window=due.window, mark=due.mark[:16], tags=tags, since=due.since
    )


def _lines(said: list[str]) -> str:
    more = [f"and {len(said) - LINES} more"] if len(said) > LINES else []
    return ";\n".join([*said[:LINES], *more]) or "no new data"

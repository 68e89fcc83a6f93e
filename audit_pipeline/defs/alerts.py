"""Deliver alerts as soon as they are written, and see twice a minute to those that wait."""

import dagster as dg

from audit_pipeline import clock
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.defs.runs import home

SECONDS = 30.0
"""For a tick; Dagster kills it after a minute."""
INTERVAL_SECONDS = 4
"""The daemon goes through its sensors every five seconds: at a 5 it would leave out some turns."""
NOTHING_NEW = "nothing new to tell; what waits is seen to twice a minute"


def alert_sensors(files: list[AuditFile]) -> list[dg.SensorDefinition]:
    """Return the sensor that delivers alerts; none where there is no audit."""
    if not files:
        return []

    def tick(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        from audit_pipeline.stages.alerting.delivering import deliver  # noqa: PLC0415 (needs the store)
        from audit_pipeline.stages.alerting.turns import Turn  # noqa: PLC0415 (needs the store)

        turn = Turn.at_home(home(), clock.now())
        if not turn.is_due_after(context.cursor):
            return dg.SkipReason(NOTHING_NEW)
        context.update_cursor(turn.cursor)
        return dg.SkipReason(deliver(home(), SECONDS, clock.now()).told)

    return [
        dg.SensorDefinition(
            name="alerts",
            evaluation_fn=tick,
            minimum_interval_seconds=INTERVAL_SECONDS,
            default_status=dg.DefaultSensorStatus.RUNNING,
            description="Tells people of findings, as alerts.yml says, and says what waits.",
        )
    ]

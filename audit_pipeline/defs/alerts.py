"""Every half minute: deliver the alerts that wait, and say what came of it."""

import dagster as dg

from audit_pipeline import clock
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.defs.runs import home

SECONDS = 30.0
"""For a tick; Dagster kills it after a minute."""
INTERVAL_SECONDS = 30


def alert_sensors(files: list[AuditFile]) -> list[dg.SensorDefinition]:
    """Return the sensor that delivers alerts; none where there is no audit."""
    if not files:
        return []

    def tick(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        from audit_pipeline.stages.alerting.delivering import deliver  # noqa: PLC0415 (needs the store)

        told = deliver(home(), SECONDS, clock.now()).told
        context.log.info(told)
        return dg.SkipReason(told)

    return [
        dg.SensorDefinition(
            name="alerts",
            evaluation_fn=tick,
            minimum_interval_seconds=INTERVAL_SECONDS,
            default_status=dg.DefaultSensorStatus.RUNNING,
            description="Tells people of findings, as alerts.yml says, and says what waits.",
        )
    ]

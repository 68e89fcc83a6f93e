"""Every half minute: deliver the lineage events that wait."""

import dagster as dg

from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.defs.runs import home

SECONDS = 40.0
"""For a tick; Dagster kills it after a minute."""
INTERVAL_SECONDS = 30


def lineage_sensors(files: list[AuditFile]) -> list[dg.SensorDefinition]:
    """Return the sensor that delivers lineage events; none where there is no audit."""
    if not files:
        return []

    def tick() -> dg.SkipReason:
        from audit_pipeline.stages.lineage.shipping import ship  # noqa: PLC0415 (needs the store)

        return dg.SkipReason(ship(home(), SECONDS).told)

    return [
        dg.SensorDefinition(
            name="lineage_shipper",
            evaluation_fn=tick,
            minimum_interval_seconds=INTERVAL_SECONDS,
            default_status=dg.DefaultSensorStatus.RUNNING,
            description="Delivers lineage events to the catalogue, and says what waits for it.",
        )
    ]

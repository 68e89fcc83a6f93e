"""Every minute: is an audit late, or is anything else wrong; and a sign that somebody looks."""

import dagster as dg

from audit_pipeline import clock
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.defs.runs import home

INTERVAL_SECONDS = 60
HEARTBEAT = "heartbeat"
"""The file in the home that is written after each look: its age tells whether the daemon lives."""


def deadline_sensors(files: list[AuditFile]) -> list[dg.SensorDefinition]:
    """Return the sensor that finds what is late; none where there is no audit."""
    if not files:
        return []

    def tick() -> dg.SkipReason:
        from audit_pipeline.stages.deadlines.health import (  # noqa: PLC0415 (needs the store)
            look_at_health,
            write_heartbeat,
        )

        health = write_heartbeat(home().path / HEARTBEAT, look_at_health(home(), clock.now()))
        return dg.SkipReason(health.told)

    return [
        dg.SensorDefinition(
            name="deadlines",
            evaluation_fn=tick,
            minimum_interval_seconds=INTERVAL_SECONDS,
            default_status=dg.DefaultSensorStatus.RUNNING,
            description="Finds windows that are not audited by their deadline, and what is wrong.",
        )
    ]

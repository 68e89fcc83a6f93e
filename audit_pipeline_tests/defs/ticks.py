"""Ticks: what a sensor does each time that Dagster's daemon asks it."""

import contextlib

import dagster as dg
from dagster._core.definitions.sensor_definition import SensorExecutionData

from audit_pipeline.audits.home import Home
from audit_pipeline.defs.build import build_definitions


def tick(
    sensor: str, home: Home, instance: dg.DagsterInstance | None = None, cursor: str | None = None
) -> SensorExecutionData:
    """Return what a home's sensor says at a tick; of an instance of its own, where none is given.

    The home's audit files are read anew, as by a daemon that was just started.
    """
    repository = build_definitions(home).get_repository_def()
    own = dg.DagsterInstance.ephemeral() if instance is None else contextlib.nullcontext(instance)
    with own as of:
        context = dg.build_sensor_context(of, repository_def=repository, cursor=cursor)
        return repository.get_sensor_def(sensor).evaluate_tick(context)

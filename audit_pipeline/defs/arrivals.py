"""When data lands: audit the windows it belongs to, and again when it, or its labels, change."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import dagster as dg

from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.defs.jobs import Job, request
from audit_pipeline.defs.runs import ARRIVAL_TAG, AUDIT_TAG, PARTITION_TAG, STARTED_TAG, home
from audit_pipeline.defs.under_way import is_under_way, paused_lines, unfinished

if TYPE_CHECKING:
    from audit_pipeline.stages.watching import Due, Watched

ATTEMPTS = 3
"""Runs for the same data of a window, before somebody has to look."""
AT_ONCE = 10
"""Runs of ours that may wait or run together: the others' must not wait behind all of them."""
LOOK_SECONDS, ASK_SECONDS = 30.0, 15.0
"""How long a tick looks at sources, and asks Dagster about runs: it is killed after a minute."""
INTERVAL_SECONDS = 30
LINES = 20
OURS = {STARTED_TAG: "arrival"}


def arrival_sensors(files: list[AuditFile], jobs: list[Job]) -> list[dg.SensorDefinition]:
    """Return the sensor that watches the sources of all audits that are to run when data lands."""
    concerned = [f for f in files if f.audit.schedule.enabled and f.audit.schedule.on_arrival]
    if not concerned:
        return []
    watched = [file for file in concerned if file.audit.schedule.paused is None]

    def tick(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        from audit_pipeline.stages.watching import watch  # noqa: PLC0415 (needs the store)

        found = watch(home(), watched, context.cursor, LOOK_SECONDS)
        requests = list(_requests(context.instance, found))
        found.said += paused_lines([file.audit for file in concerned])
        told = _lines(found.said)
        context.log.info(told)
        skipped = None if requests else told
        return dg.SensorResult(
            run_requests=requests, skip_reason=skipped, cursor=found.memory.write()
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


def _requests(instance: dg.DagsterInstance, found: "Watched") -> Iterator[dg.RunRequest]:
    """Yield requests for what is due, as many as there is room and time for; say what becomes."""
    room = AT_ONCE - instance.get_runs_count(unfinished(OURS))
    deadline = time.monotonic() + ASK_SECONDS
    for due in found.due:
        if room <= 0 or time.monotonic() > deadline:
            found.memory.begin_with = due.audit.name
            found.said.append("the other windows with new data have their turn later")
            return
        answer = _request(instance, due)
        said = answer if isinstance(answer, str) else "is to be audited"
        found.said.append(f"{due.audit.name}: {due.window.key} {said}")
        if not isinstance(answer, str):
            room -= 1
            yield answer


def _request(instance: dg.DagsterInstance, due: "Due") -> dg.RunRequest | str:
    """Return the request for a run that audits what is due, or why it is not to be now."""
    audit, key = due.audit, due.window.key
    if is_under_way(instance, audit, key):
        return "has new data, and a run of it is under way"
    tags = {AUDIT_TAG: audit.name, PARTITION_TAG: key, ARRIVAL_TAG: due.mark}
    tried = instance.get_runs_count(dg.RunsFilter(tags=tags))
    if tried >= ATTEMPTS:
        return (
            f"is left alone: {tried} runs did not bring the audit of its new data to an end; see"
            " why they failed, then run it by hand"
        )
    asked = request(audit, due.window)
    # a key is used once, whatever becomes of its run: so it counts the attempts
    run_key = f"{audit.name}/{key}/{due.mark[:16]}/{tried}"
    return asked.with_replaced_attrs(
        run_key=run_key, tags=dict(asked.tags) | OURS | {ARRIVAL_TAG: due.mark}
    )


def _lines(said: list[str]) -> str:
    more = [f"and {len(said) - LINES} more"] if len(said) > LINES else []
    return "\n".join([*said[:LINES], *more]) or "no new data"

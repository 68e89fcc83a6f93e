"""After a stretch in which nothing ran: audit the windows that were missed, newest first."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import dagster as dg

from audit_pipeline import clock
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.defs.jobs import Job, request
from audit_pipeline.defs.runs import AUDIT_TAG, PARTITION_TAG, STARTED_TAG, home
from audit_pipeline.defs.under_way import is_under_way, paused_lines, unfinished

if TYPE_CHECKING:
    from audit_pipeline.stages.deadlines.catching_up import Missed

ATTEMPTS = 3
"""Runs at one window that was missed, before somebody has to look."""
AT_ONCE = 10
"""Runs of ours that may wait or run together: tonight's must not wait behind all of them."""
ASK_SECONDS = 40.0
"""How long a tick asks Dagster about runs: it is killed after a minute."""
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

        told: list[str] = []
        requests = list(
            _requests(context.instance, missed_windows(home(), audits, clock.now()), told)
        )
        said = "\n".join([*told, *paused_lines(audits)]) or "no window was missed"
        context.log.info(said)
        return dg.SensorResult(run_requests=requests, skip_reason=None if requests else said)

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


def _requests(
    instance: dg.DagsterInstance, missed: "list[Missed]", told: list[str]
) -> Iterator[dg.RunRequest]:
    """Yield requests for what was missed, as many as there is room and time for; tell of each."""
    room = AT_ONCE - instance.get_runs_count(unfinished(OURS))
    deadline = time.monotonic() + ASK_SECONDS
    for place, each in enumerate(missed):
        if room <= 0 or time.monotonic() > deadline:
            told.append(f"{len(missed) - place} more missed windows have their turn later")
            return
        answer = _request(instance, each)
        said = answer if isinstance(answer, str) else "was missed, and is to be audited"
        told.append(f"{each.audit.name}: {each.window.key} {said}")
        if not isinstance(answer, str):
            room -= 1
            yield answer


def _request(instance: dg.DagsterInstance, missed: "Missed") -> dg.RunRequest | str:
    """Return the request for a run at a missed window, or why there is to be none now."""
    audit, key = missed.audit, missed.window.key
    if is_under_way(instance, audit, key):
        return "was missed, and a run of it is under way"
    tags = OURS | {AUDIT_TAG: audit.name, PARTITION_TAG: key}
    tried = instance.get_runs_count(dg.RunsFilter(tags=tags))
    if tried >= ATTEMPTS:
        return (
            f"is left alone: {tried} runs did not bring its audit to an end; see why they failed,"
            " then run it by hand"
        )
    asked = request(audit, missed.window)
    # a key is used once, whatever becomes of its run: so it counts the attempts
    run_key = f"{audit.name}/{key}/catch_up/{tried}"
    return asked.with_replaced_attrs(run_key=run_key, tags=dict(asked.tags) | OURS)

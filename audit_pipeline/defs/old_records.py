"""Dagster's own records of runs, and what sensors said: deleted when they are old.

Dagster itself forgets the ticks of sensors, and nothing else: each run of an audit leaves 2 MB,
each tick that says something a file. What audits found does not stand there, but in the store and
the evidence, which nothing of this touches.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import dagster as dg

from audit_pipeline import clock
from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.defs.runs import AUDIT_TAG, PARTITION_TAG, home
from audit_pipeline.defs.under_way import ENDED

# ruff: noqa: PLC0415 (late imports: Dagster's storage and our store, which loading must not bring in)

KEPT_WINDOWS = 36
"""Windows of an audit whose good runs stay, however old: the UI shows three years of months."""
AT_ONCE = 50
"""Runs looked at in a tick; Dagster kills it after a minute."""
INTERVAL_SECONDS = 600


def old_records_sensors(files: list[AuditFile]) -> list[dg.SensorDefinition]:
    """Return the sensor that deletes old records of Dagster's; none where there is no audit."""
    if not files:
        return []
    audits = {file.audit.name: file.audit for file in files}

    def tick(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        runs, said = kept_days(context.instance)
        told = []
        if runs >= 0:
            deleted, after = delete_old_runs(context.instance, audits, runs, context.cursor)
            context.update_cursor(after)
            told.append(f"runs of more than {runs} days ago that were deleted: {deleted}")
        if said >= 0 and context.repository_name:
            deleted = delete_old_logs(context.instance, context.repository_name, said)
            told.append(f"logs of ticks of more than {said} days ago that were deleted: {deleted}")
        return dg.SkipReason(";\n".join(told) or "all is kept, as dagster.yaml says: `retention`")

    return [
        dg.SensorDefinition(
            name="old_records",
            evaluation_fn=tick,
            minimum_interval_seconds=INTERVAL_SECONDS,
            default_status=dg.DefaultSensorStatus.RUNNING,
            description="Deletes Dagster's records of old runs and ticks; no result, no report.",
        )
    ]


def kept_days(instance: dg.DagsterInstance) -> tuple[int, int]:
    """Return for how many days runs and the logs of ticks are kept; -1 is for ever.

    As long as Dagster keeps the ticks of sensors that started a run, and of those that did not:
    `retention: {sensor: …}` in `dagster.yaml`.
    """
    from dagster._core.definitions.run_request import InstigatorType
    from dagster._core.scheduler.instigation import TickStatus

    kept = instance.get_tick_retention_settings(InstigatorType.SENSOR)
    return kept.get(TickStatus.SUCCESS, -1), kept.get(TickStatus.SKIPPED, -1)


def delete_old_runs(
    instance: dg.DagsterInstance, audits: Mapping[str, Audit], days: int, cursor: str | None
) -> tuple[int, str]:
    """Look at the next few runs that ended and are old; return how many were deleted, and a cursor.

    Kept are the good ones of an audit's last windows, and those that hold a claim still: how such a
    run ended tells what is to become of its window.
    """
    now = clock.now()
    old = dg.RunsFilter(
        statuses=list(ENDED),
        created_after=datetime.fromisoformat(cursor) if cursor else None,
        created_before=now - timedelta(days=days),
    )
    records = instance.get_run_records(old, limit=AT_ONCE, ascending=True)
    runs = [record.dagster_run for record in records]
    needed = _claiming() if runs else set()
    shown = _shown(audits, {run.tags.get(AUDIT_TAG, "") for run in runs}, now)
    useless = [run.run_id for run in runs if not (run.run_id in needed or _is_good(run, shown))]
    for run_id in useless:
        delete_run(instance, run_id)
    # at the end from the oldest on: what was kept may be too old by now
    after = records[-1].create_timestamp.isoformat() if len(records) == AT_ONCE else ""
    return len(useless), after


def _claiming() -> set[str]:
    """Return the runs under whose name a window is claimed, and not sealed."""
    from audit_pipeline.stages.revision import open_store

    return {claim.run_id for claim, _ in open_store(home().store_url).open_claims()}


def _shown(audits: Mapping[str, Audit], names: set[str], now: datetime) -> set[tuple[str, str]]:
    """Return the last windows of audits, each with the audit's name."""
    return {
        (name, window.key)
        for name in names & set(audits)
        for window in islice(audits[name].window.windows.ended(now), KEPT_WINDOWS)
    }


def _is_good(run: dg.DagsterRun, shown: set[tuple[str, str]]) -> bool:
    """Return whether a run went well, and is about a window that the UI still shows."""
    about = (run.tags.get(AUDIT_TAG, ""), run.tags.get(PARTITION_TAG, ""))
    return run.status is dg.DagsterRunStatus.SUCCESS and about in shown


def delete_run(instance: dg.DagsterInstance, run_id: str) -> None:
    """Delete all that Dagster knows of a run; by itself it forgets a part of it only."""
    from dagster._core.storage.event_log import SqlEventLogStorage, SqliteEventLogStorage
    from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable as Checks

    instance.compute_log_manager.delete_logs(prefix=[run_id])
    events = instance.event_log_storage
    if isinstance(events, SqlEventLogStorage):
        with events.index_connection() as connection:
            connection.execute(Checks.delete().where(Checks.c.run_id == run_id))
    instance.delete_run(run_id)
    if isinstance(events, SqliteEventLogStorage):  # a file for each run, emptied only
        for path in Path(events.path_for_shard(run_id)).parent.glob(f"{run_id}.db*"):
            path.unlink(missing_ok=True)


def delete_old_logs(instance: dg.DagsterInstance, repository: str, days: int) -> int:
    """Delete the files of what sensors and schedules said long ago; return how many.

    Only where logs are files of this machine, as they are by default.
    """
    from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager

    manager = instance.compute_log_manager
    if not isinstance(manager, LocalComputeLogManager):
        return 0
    before = (clock.now() - timedelta(days=days)).timestamp()
    folder = Path(manager.get_captured_local_path([repository, "any"], "err")).parent
    deleted = 0
    for path in folder.glob("*/*"):
        if path.is_file() and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            deleted += 1
    return deleted

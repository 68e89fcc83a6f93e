"""Where the time went between data and alert, by the clocks of Dagster and of the store."""

import dagster as dg

from audit_pipeline.audits.home import Home
from audit_pipeline.defs.runs import AUDIT_TAG
from audit_pipeline.store.store import Sealed, Store

TICKS = 200
LOOK_SECONDS = 10.0
"""A tick may see what landed after it began."""


def at_rest(home: Home, audit: str, audits: int) -> bool:
    """Return whether an audit was made so many times, and no run of it waits or works."""
    with dg.DagsterInstance.from_config(str(home.path)) as instance:
        runs = instance.get_runs(dg.RunsFilter(tags={AUDIT_TAG: audit}))
    return len(runs) >= audits and all(run.is_finished for run in runs)


def way_of(home: Home, audit: str, landed: float, told: float) -> dict[str, float]:
    """Return the seconds of each stretch from data to alert, in their order.

    `landed` and `told` are seconds of the epoch. Until the data was `seen`; until a run was `asked`
    for; until it was `taken` from the queue, and had `started`; until the audit was `sealed`; until
    somebody was `told`.
    """
    with dg.DagsterInstance.from_config(str(home.path)) as instance:
        record = instance.get_run_records(
            dg.RunsFilter(tags={AUDIT_TAG: audit}), limit=1, ascending=False
        )[0]
        taken = instance.get_records_for_run(
            record.dagster_run.run_id, of_type=dg.DagsterEventType.PIPELINE_STARTING
        ).records
        points = {
            "seen": _seen(instance, landed),
            "asked": record.create_timestamp.timestamp(),
            "taken": taken[0].timestamp,
            "started": record.start_time or 0.0,
            "sealed": _last(home, audit).sealed.timestamp(),
            "told": told,
        }
    before = [landed, *points.values()]
    return {name: round(at - before[n], 2) for n, (name, at) in enumerate(points.items())}


def _last(home: Home, audit: str) -> Sealed:
    store = Store(home.store_url)
    try:
        return max(store.sealed(audit), key=lambda each: each.sealed)
    finally:
        store.close()


def _seen(instance: dg.DagsterInstance, landed: float) -> float:
    """Return when a tick of `arrivals` first saw new data."""
    (state,) = [each for each in instance.all_instigator_state() if each.name == "arrivals"]
    ticks = instance.get_ticks(
        state.instigator_origin_id,
        state.selector_id,
        after=landed - LOOK_SECONDS,
        limit=TICKS,
    )
    seen = [
        tick.end_timestamp or tick.timestamp
        for tick in ticks
        if tick.run_ids or "has new data" in (tick.skip_reason or "")
    ]
    return min(at for at in seen if at > landed)

"""What an audit needs around it: room on the disk, runs that end, others who take what is told."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from audit_pipeline.audits.alerting_reader import AlertingError, read_alerting
from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.destination_reader import DestinationError, read_destination
from audit_pipeline.audits.home import Home
from audit_pipeline.domain.window import WindowError
from audit_pipeline.stages.revision import open_store
from audit_pipeline.store.alerting import channel_states
from audit_pipeline.store.channels import channel_of
from audit_pipeline.store.deadlines import Working, working
from audit_pipeline.store.engine import reachable
from audit_pipeline.store.outbox import ALERTS, LINEAGE, waiting_since
from audit_pipeline.store.store import Store

FREE_BYTES = 1_000_000_000
"""Below which a disk is nearly full: an audit of millions of rows writes some hundred million."""
DEAD_FOR, ALIVE_FOR = timedelta(minutes=15), timedelta(hours=6)
"""For how long a run may be dead before somebody finished its report, and how long one may take:
Dagster ends a run after four hours."""
WAITING_FOR = {LINEAGE: timedelta(hours=1), ALERTS: timedelta(hours=24)}
"""For how long what is told to others may wait; quiet hours hold alerts back for a night."""
FAILING_FOR = timedelta(hours=1)
"""For how long an address of alerts may take none."""


def disk_problems(home: Home) -> Iterator[str]:
    """Yield a sentence if the home's disk is nearly full."""
    free = shutil.disk_usage(home.path).free
    if free < FREE_BYTES:
        yield (
            f"the disk of {home.path} is nearly full: {free / 1e6:,.0f} MB are free,"
            f" {FREE_BYTES / 1e6:,.0f} MB should be: make room"
        )


def stuck_problems(home: Home, audits: Iterable[Audit], at: datetime) -> Iterator[tuple[str, str]]:
    """Yield audit and sentence for each run that died or hangs, and nobody finished.

    Runs at windows that the audit does not have any more are nobody's.

    Raises:
        StoreError: The store cannot be used.
    """
    by_name = {audit.name: audit for audit in audits}
    with reachable():
        found = working(open_store(home.store_url).engine, at)
    for claim in found:
        with suppress(KeyError, WindowError):
            by_name[claim.audit].window.windows.window(claim.window, at)
            words = _stuck(claim, at)
            if words is not None:
                yield claim.audit, words


def _stuck(claim: Working, at: datetime) -> str | None:
    if not claim.alive and at - claim.beat > DEAD_FOR:
        return (
            f"the run at {claim.window} died about {claim.beat:%Y-%m-%d %H:%M} UTC, and its report"
            f" was never written: audit-pipeline run {claim.audit} --window {claim.window}"
        )
    if claim.alive and at - claim.claimed > ALIVE_FOR:
        return (
            f"the run at {claim.window} works since {claim.claimed:%Y-%m-%d %H:%M} UTC: look at it"
            " in Dagster, and end it there if it hangs"
        )
    return None


def outbox_problems(home: Home, at: datetime) -> Iterator[str]:
    """Yield a sentence for each outbox whose entries wait for long, and each address that is dead.

    Raises:
        StoreError: The store cannot be used.
    """
    store = open_store(home.store_url)
    with reachable():
        lineage, alerts = (_waits(store, channel, at) for channel in (LINEAGE, ALERTS))
        states = channel_states(store.engine)
    try:
        if read_destination(home) is not None and lineage is not None:
            yield f"lineage events {lineage}: see audit-pipeline lineage status"
        alerting = read_alerting(home)
    except (DestinationError, AlertingError) as error:
        yield f"nobody is told: {str(error).splitlines()[0]}"
        return
    if alerting is not None and alerts is not None:
        yield f"alerts {alerts}: see audit-pipeline alerts status"
    for address in alerting.channels if alerting is not None else ():
        state = states.get(address)
        if state and state.failing_since and at - state.failing_since > FAILING_FOR:
            since = f"{state.failing_since:%Y-%m-%d %H:%M} UTC"
            yield f"no alert reaches {address} since {since}: {state.problem}"


def _waits(store: Store, channel: str, at: datetime) -> str | None:
    """Return since when entries of a channel wait, and why; None where that is not for long."""
    since = waiting_since(store.engine, channel)
    if since is None or at - since <= WAITING_FOR[channel]:
        return None
    problem = channel_of(store.engine, channel).problem
    return f"wait since {since:%Y-%m-%d %H:%M} UTC" + (f" ({problem})" if problem else "")

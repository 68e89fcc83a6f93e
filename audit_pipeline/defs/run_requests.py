"""Ask for runs at windows: no more than there is room for, none twice at a time, none for ever."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import dagster as dg

from audit_pipeline import clock
from audit_pipeline.audits.audit import Audit
from audit_pipeline.defs.jobs import request
from audit_pipeline.defs.runs import AUDIT_TAG, PARTITION_TAG
from audit_pipeline.defs.under_way import is_under_way, unfinished
from audit_pipeline.domain.window import Window

AN_HOUR = timedelta(hours=1)
MOST_AN_HOUR = 12
"""Runs of a window at one mark within an hour: sources that go to and fro may do so for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A window to be audited: `mark` names what of it, `tags` are those of runs at just that.

    `since` is when it was last audited at another mark: what runs at this one came to before that
    is past, for this is content that came back. None if it never was.
    """

    audit: Audit
    window: Window
    mark: str
    tags: Mapping[str, str]
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a sensor asks. `ours` are the tags of all of its runs, of which `at_once` may be there.

    It asks Dagster for `seconds` at most: a tick is killed after a minute. After a run that came to
    nothing it waits as long as `pauses` says before the next; after the last of them it asks no
    more. So it does with runs that ended well, and the window is wanted as it was: none failed, and
    still it must not go on for ever. `because` says of a window why, `of_what` what its runs did
    not bring to an end.
    """

    ours: Mapping[str, str]
    at_once: int
    seconds: float
    pauses: Sequence[timedelta]
    because: str
    of_what: str


@dataclass(slots=True)
class Asked:
    """Requests for runs, a sentence for each window, and how many windows have their turn later."""

    requests: list[dg.RunRequest] = field(default_factory=list[dg.RunRequest])
    told: list[str] = field(default_factory=list[str])
    left: int = 0


def ask(instance: dg.DagsterInstance, wanted: Sequence[Wanted], manner: Manner) -> Asked:
    """Return requests for what is wanted, in its order, as many as there is room and time for."""
    asked = Asked()
    if not wanted:
        return asked
    room = manner.at_once - instance.get_runs_count(unfinished(manner.ours))
    deadline = time.monotonic() + manner.seconds
    for place, each in enumerate(wanted):
        if len(asked.requests) >= room or time.monotonic() > deadline:
            asked.left = len(wanted) - place
            break
        answer = _request(instance, each, manner)
        if isinstance(answer, str):
            said = answer
        else:
            said = f"{manner.because}, and is to be audited"
            asked.requests.append(answer)
        asked.told.append(f"{each.audit.name}: {each.window.key} {said}")
    return asked


def _request(instance: dg.DagsterInstance, wanted: Wanted, manner: Manner) -> dg.RunRequest | str:
    """Return the request for a run at a window, or why there is to be none now."""
    audit, key = wanted.audit, wanted.window.key
    if is_under_way(instance, audit, key):
        return f"{manner.because}, and a run of it is under way"
    tags = {AUDIT_TAG: audit.name, PARTITION_TAG: key, **wanted.tags}
    before = instance.get_run_records(dg.RunsFilter(tags=tags), limit=MOST_AN_HOUR)
    why_not = _why_not(before, wanted.since, manner)
    if why_not is not None:
        return why_not
    asked = request(audit, wanted.window)
    # a key is used once, whatever becomes of its run: so it names the run after which it is asked
    after = before[0].dagster_run.run_id[:8] if before else "0"
    run_key = f"{audit.name}/{key}/{wanted.mark}/{after}"
    tags = dict(asked.tags) | dict(manner.ours) | dict(wanted.tags)
    return asked.with_replaced_attrs(run_key=run_key, tags=tags)


def _why_not(before: Sequence[dg.RunRecord], since: datetime | None, manner: Manner) -> str | None:
    """Return why no run is to follow those before, the newest first; None if one is."""
    tried = [run for run in before if since is None or run.create_timestamp > since]
    well = sum(run.dagster_run.is_success for run in tried)
    failed, most = len(tried) - well, len(manner.pauses)
    if failed >= most:
        return (
            f"is left alone: {failed} runs did not bring {manner.of_what} to an end; see why"
            " they failed, then run it by hand"
        )
    if well >= most:
        return (
            f"is left alone: {well} runs ended well, and did not bring {manner.of_what} to an"
            " end; see what they read, then run it by hand"
        )
    again = _next_try(before, tried, manner.pauses[max(failed, well)])
    if again is not None and again > clock.now():
        return f"{manner.because}, and is tried again at {again:%Y-%m-%d %H:%M} UTC"
    return None


def _next_try(
    before: Sequence[dg.RunRecord], tried: Sequence[dg.RunRecord], pause: timedelta
) -> datetime | None:
    """Return when the next run may begin; None if there was none to wait after."""
    times = [tried[0].create_timestamp + pause] if tried else []
    if len(before) >= MOST_AN_HOUR:
        times.append(before[MOST_AN_HOUR - 1].create_timestamp + AN_HOUR)
    return max(times, default=None)

"""Ask for runs at windows: no more than there is room for, none twice at a time, none for ever."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import dagster as dg

from audit_pipeline import clock
from audit_pipeline.audits.audit import Audit
from audit_pipeline.defs.jobs import request
from audit_pipeline.defs.runs import AUDIT_TAG, PARTITION_TAG
from audit_pipeline.defs.under_way import is_under_way, unfinished
from audit_pipeline.domain.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A window to be audited: `mark` names what of it, `tags` are those of runs at just that."""

    audit: Audit
    window: Window
    mark: str
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a sensor asks. `ours` are the tags of all of its runs, of which `at_once` may be there.

    It asks Dagster for `seconds` at most: a tick is killed after a minute. After a run that came to
    nothing it waits as long as `pauses` says before the next; after the last of them it asks no
    more. `because` says of a window why, `of_what` what its runs did not bring to an end.
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
    tried = instance.get_run_records(dg.RunsFilter(tags=tags), limit=len(manner.pauses))
    if len(tried) == len(manner.pauses):
        return (
            f"is left alone: {len(tried)} runs did not bring {manner.of_what} to an end; see why"
            " they failed, then run it by hand"
        )
    again = tried[0].create_timestamp + manner.pauses[len(tried)] if tried else clock.now()
    if again > clock.now():
        return f"{manner.because}, and is tried again at {again:%Y-%m-%d %H:%M} UTC"
    asked = request(audit, wanted.window)
    # a key is used once, whatever becomes of its run: so it counts the attempts
    run_key = f"{audit.name}/{key}/{wanted.mark}/{len(tried)}"
    tags = dict(asked.tags) | dict(manner.ours) | dict(wanted.tags)
    return asked.with_replaced_attrs(run_key=run_key, tags=tags)

"""Look at how alerts stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from audit_pipeline.audits.alerting import Alerting
from audit_pipeline.audits.alerting_reader import AlertingError, read_alerting
from audit_pipeline.audits.home import Home, SecretError, secret
from audit_pipeline.stages.alerting.closing import LeftOpen, left_open
from audit_pipeline.stages.alerting.delivered import NO_FILE
from audit_pipeline.stages.alerting.writing import NOBODY
from audit_pipeline.stages.revision import open_store
from audit_pipeline.store.alerting import (
    ChannelState,
    channel_states,
    streams_waiting,
)
from audit_pipeline.store.delivery import Unwanted, put_back, unwanted
from audit_pipeline.store.outbox import ALERTS, Tally, tally, waiting_since
from audit_pipeline.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """How one address stands: `routes` that lead to it, whether its variable is set, and more."""

    variable: str
    routes: tuple[str, ...]
    is_set: bool
    waiting: int
    state: ChannelState


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How alerts stand; `problem` is why nobody is told, `unaddressed` what no route took yet.

    `left_open` is what pagers hold open that nobody can end from here.
    """

    problem: str | None
    addresses: tuple[Address, ...]
    unaddressed: int
    tally: Tally
    waiting_since: datetime | None
    unwanted: tuple[Unwanted, ...]
    left_open: tuple[LeftOpen, ...] = ()

    @property
    def is_well(self) -> bool:
        """Whether somebody is told, and every address takes messages as far as is known."""
        failing = any(
            not each.is_set or each.state.failures or each.state.problem for each in self.addresses
        )
        return self.problem is None and not failing


def status(home: Home) -> Status:
    """Return how alerts stand; nothing is sent."""
    store = open_store(home.store_url)
    settings, problem = None, None
    try:
        settings = read_alerting(home)
        problem = NO_FILE if settings is None else None
    except AlertingError as error:
        problem = str(error)
    left = streams_waiting(store.engine)
    return Status(
        problem=problem,
        addresses=tuple(_addresses(settings, store, left)) if settings else (),
        unaddressed=left.get(NOBODY, 0),
        tally=tally(store.engine, ALERTS),
        waiting_since=waiting_since(store.engine, ALERTS),
        unwanted=tuple(unwanted(store.engine, ALERTS)),
        left_open=left_open(store, settings.channels if settings else ()),
    )


def _addresses(settings: Alerting, store: Store, left: dict[str, int]) -> Iterator[Address]:
    states = channel_states(store.engine)
    for variable in settings.channels:
        yield Address(
            variable=variable,
            routes=routes_of(settings, variable),
            is_set=_is_set(variable),
            waiting=left.get(variable, 0),
            state=states.get(variable, ChannelState()),
        )


def routes_of(settings: Alerting, variable: str) -> tuple[str, ...]:
    """Return what leads to an address, in words."""
    named = [route.name for route in settings.routes_to(variable)]
    named += [f"{r.name} (second channel)" for r in settings.routes if variable in r.fallback_env]
    if settings.escalate is not None and variable in settings.escalate.to_env:
        named.append("escalation")
    return tuple(named)


def _is_set(variable: str) -> bool:
    try:
        return bool(secret(variable))
    except SecretError:
        return False


def retry_refused(home: Home) -> int:
    """Let the alerts that were set aside wait again, and return how many they are."""
    return put_back(open_store(home.store_url).engine, ALERTS)

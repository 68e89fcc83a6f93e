"""Decide who is told of what waits: each address gets entries of its own."""

from dataclasses import replace
from datetime import datetime, timedelta

from pydantic import ValidationError

from audit_pipeline.alerts.notice import Item, Notice, Why, instead, read
from audit_pipeline.alerts.routing import addressed
from audit_pipeline.audits.alerting import Alerting
from audit_pipeline.crash_points import CrashPoint, reached
from audit_pipeline.stages.alerting.writing import NOBODY, entry_of
from audit_pipeline.store.alerting import (
    TOLD,
    ChannelState,
    Heard,
    forget,
    heard_by,
    last_heard,
    note_heard,
    stream,
    streams_waiting,
    take,
)
from audit_pipeline.store.delivery import set_aside
from audit_pipeline.store.incidents import keep_incident
from audit_pipeline.store.outbox import Transaction, Waiting, add
from audit_pipeline.store.store import Store
from audit_pipeline.store.upsert import digest

UNREADABLE = "it cannot be read: another version of audit-pipeline wrote it"


def address_notices(store: Store, settings: Alerting, now: datetime) -> None:
    """Hand what nobody was told yet to those the routes name; what none takes ends here."""
    while waiting := stream(store.engine, NOBODY):
        notices = [(entry, read_entry(store, entry)) for entry in waiting]
        with store.engine.begin() as connection:  # one for all: a storm is many of them
            for entry, notice in notices:
                if notice is not None:
                    _address(connection, entry, notice, settings, now)


def _address(
    connection: Transaction, entry: Waiting, notice: Notice, settings: Alerting, now: datetime
) -> None:
    if not take(connection, [entry.number]):
        return
    anew = {Why.OPENED, Why.REOPENED}
    forget(connection, [i.finding.number for i in notice.items if i.why in anew])
    told = addressed(notice, settings, lambda number: heard_by(connection, number))
    keys = {channel: digest(entry.key, channel) for channel in told}
    add(connection, [entry_of(of, channel, keys[channel]) for channel, of in told.items()])
    for channel, of in told.items():
        numbers = [item.finding.number for item in of.items]
        note_heard(connection, channel, numbers, TOLD, now)
    reached(CrashPoint.ALERTS_ADDRESSING)


def address_anew(store: Store, settings: Alerting, now: datetime) -> None:
    """Hand what waits for variables that the file names no more to those the routes name now."""
    for name in streams_waiting(store.engine).keys() - {NOBODY, *settings.channels}:
        while waiting := stream(store.engine, name):
            for entry in waiting:
                notice = read_entry(store, entry)
                if notice is not None:
                    with store.engine.begin() as connection:
                        _address_anew(connection, entry, notice, settings, now)


def _address_anew(
    connection: Transaction, entry: Waiting, notice: Notice, settings: Alerting, now: datetime
) -> None:
    if not take(connection, [entry.number], f"alerts.yml names {entry.stream} no more"):
        return
    if notice.closes:  # another knows no such incident: it is kept until its address is named again
        about = [item.finding.number for item in notice.items]
        keep_incident(connection, (entry.stream, notice.closes), about)
        return
    heard = last_heard(connection, TOLD)
    told = addressed(notice, settings, lambda n: heard_by(connection, n))
    for channel, of in told.items():
        _tell(connection, entry, of, channel, heard, now)


def is_broken(state: ChannelState | None, settings: Alerting, now: datetime) -> bool:
    """Return whether delivery to an address has failed for too long."""
    patience = timedelta(minutes=settings.fallback_after_minutes)
    return bool(state and state.failing_since and now - state.failing_since >= patience)


def hand_over(
    store: Store, settings: Alerting, states: dict[str, ChannelState], now: datetime
) -> None:
    """Hand what waits for a broken address to its second channels, as far as they are not.

    Not while the address is due to be tried: else it would never be seen to work again.
    """
    for channel in settings.channels:
        state = states.get(channel)
        if state is None or not is_broken(state, settings, now) or not state.is_left_alone(now):
            continue
        others = [
            other
            for other in settings.fallback_of(channel)
            if not is_broken(states.get(other), settings, now)
        ]
        for entry in stream(store.engine, channel) if others else []:
            notice = read_entry(store, entry)
            if notice is not None and not notice.closes:  # another knows no such incident
                with store.engine.begin() as connection:
                    _hand_over(connection, entry, instead(notice, channel), others, now)


def _hand_over(
    connection: Transaction, entry: Waiting, notice: Notice, others: list[str], now: datetime
) -> None:
    if not take(connection, [entry.number], f"went to {', '.join(others)} instead"):
        return
    heard = last_heard(connection, TOLD)
    for other in others:
        _tell(connection, entry, notice, other, heard, now)


def _tell(
    connection: Transaction,
    entry: Waiting,
    notice: Notice,
    other: str,
    heard: Heard,
    now: datetime,
) -> None:
    """Write an entry for another address, of what that was not told since the first was to be."""
    news = [item for item in notice.items if not _knows(heard, entry.stream, other, item)]
    if news:
        told = replace(notice, items=tuple(news))
        add(connection, [entry_of(told, other, digest(entry.key, other))])
        note_heard(connection, other, [item.finding.number for item in news], TOLD, now)


def _knows(heard: Heard, channel: str, other: str, item: Item) -> bool:
    """Return whether another address was told of a finding since an address was to be."""
    number = item.finding.number
    first, second = heard.get((number, channel)), heard.get((number, other))
    return first is not None and second is not None and second >= first


def read_entry(store: Store, entry: Waiting) -> Notice | None:
    """Return what an entry tells; None, and it is set aside, if it cannot be read."""
    try:
        return read(entry.body)
    except ValidationError:
        set_aside(store.engine, entry.number, UNREADABLE)
        return None

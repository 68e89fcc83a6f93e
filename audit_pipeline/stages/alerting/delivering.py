"""Deliver alerts to those who are to hear them; nothing of an audit waits for it."""

import time
from collections import deque
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from audit_pipeline.alerts.forms import message_of
from audit_pipeline.alerts.message import Message, Reports
from audit_pipeline.alerts.notice import Notice
from audit_pipeline.audits.alerting import Alerting
from audit_pipeline.audits.alerting_reader import AlertingError, read_alerting
from audit_pipeline.audits.home import Home
from audit_pipeline.crash_points import CrashPoint, reached
from audit_pipeline.stages.alerting.addressing import (
    address_anew,
    address_notices,
    hand_over,
    read_entry,
)
from audit_pipeline.stages.alerting.broken import note_broken, note_file
from audit_pipeline.stages.alerting.closing import close_incidents
from audit_pipeline.stages.alerting.delivered import NO_FILE, Delivered
from audit_pipeline.stages.alerting.lanes import Lane, Pair, Patience
from audit_pipeline.stages.alerting.reminding import remind
from audit_pipeline.stages.alerting.sending import Round
from audit_pipeline.stages.alerting.writing import NOBODY, notice_entry, notice_of_test
from audit_pipeline.stages.deadlines.gone import mark_gone
from audit_pipeline.stages.findings.looking import end_waivers
from audit_pipeline.stages.revision import open_store
from audit_pipeline.store.alerting import (
    MOST,
    ChannelState,
    channel_states,
    note_channels,
    note_untaken,
    stream,
    streams_waiting,
)
from audit_pipeline.store.channels import a_holder, hold, let_go
from audit_pipeline.store.delivery import mark_delivered
from audit_pipeline.store.outbox import ALERTS, Waiting, these
from audit_pipeline.store.store import Store
from audit_pipeline.store.sweeping import sweep


def deliver(
    home: Home,
    seconds: float,
    now: datetime,
    *,
    at_once: bool = False,
    patience: Patience | None = None,
) -> Delivered:
    """Deliver the alerts that wait at `now`, within `seconds`; remind and escalate what is due.

    An address that failed is left alone until its next try, unless all are to be tried `at_once`.
    No failure of a service, or of the settings, raises: it is said. A message may arrive twice if
    this process is killed between its arrival and the note of it, or if a service takes it and does
    not answer in time; else each arrives once.
    """
    store = open_store(home.store_url)
    end_waivers(store, now)
    try:
        settings = read_alerting(home)
    except AlertingError as error:
        note_file(store, now, str(error))
        return Delivered(waiting=_waiting(store), problems=(str(error),))
    note_file(store, now)
    sweep(store.engine, ALERTS, for_nobody=settings is None)
    if settings is None:
        return Delivered(waiting=_waiting(store), problems=(NO_FILE,))
    patience = _within(patience or Patience(), seconds)
    holder = a_holder()
    if not hold(store.engine, ALERTS, holder, timedelta(seconds=seconds + patience.lease)):
        other = "another process delivers, or died on another machine while it did"
        return Delivered(waiting=_waiting(store), problems=(other,))
    reached(CrashPoint.ALERTS_HELD)
    try:
        return _Delivery(home, store, settings, now, patience).run(seconds, at_once=at_once)
    finally:
        let_go(store.engine, ALERTS, holder)


@dataclass(frozen=True, slots=True)
class _Delivery:
    """One round of delivering, by who holds the channel."""

    home: Home
    store: Store
    settings: Alerting
    now: datetime
    patience: Patience

    def run(self, seconds: float, *, at_once: bool) -> Delivered:
        end = time.monotonic() + seconds
        states = channel_states(self.store.engine)
        note_broken(self.store, self.settings, states, self.now)
        address_anew(self.store, self.settings, self.now)
        address_notices(self.store, self.settings, self.now)
        close_incidents(self.store, self.settings, self.now)
        remind(self.store, self.settings, self.now)
        hand_over(self.store, self.settings, states, self.now)
        reached(CrashPoint.ALERTS_ADDRESSED)
        quiet, lanes = self._lanes(states, at_once=at_once)
        reports = Reports(self.settings.report_url or str(self.home.evidence), self.settings.ui_url)
        most, names = self.settings.findings_shown, self.home.audit_names()

        def say(notice: Notice, key: str) -> Message:
            return message_of(mark_gone(notice, names), reports, most, key)

        round_ = Round(self.store, say, self.patience, end)
        if lanes:
            round_.send(lanes)
        aside = self._conclude(lanes)
        return self._told(sum(lane.delivered for lane in lanes), quiet, aside)

    def _lanes(self, states: dict[str, ChannelState], *, at_once: bool) -> tuple[int, list[Lane]]:
        """Return how many alerts wait for the end of quiet hours, and what is to be sent."""
        quiet, lanes, left = 0, [], streams_waiting(self.store.engine)
        for channel in self.settings.channels:
            state = states.get(channel, ChannelState())
            pairs, silent = self._now(channel) if channel in left else ([], 0)
            quiet += silent
            if state.failures and channel not in left:
                pairs = [self._probe(state)]
            if pairs and (at_once or not state.is_left_alone(self.now)):
                lanes.append(Lane(channel, state, deque(pairs), self.settings.messages_at_once))
        return quiet, lanes

    def _probe(self, state: ChannelState) -> Pair:
        """Return a test for an address that failed and for which nothing waits any more.

        Else nobody would know that it works again before there is something to tell.
        """
        since = f"{state.failing_since:%Y-%m-%d %H:%M} UTC" if state.failing_since else "lately"
        reason = f"messages to this address failed since {since}; this one shows that it works"
        notice = notice_of_test(self.settings.operator, reason, self.now)
        entry = notice_entry(notice)
        return Waiting(**asdict(entry), number=0, attempts=0, written=self.now), notice

    def _now(self, channel: str) -> tuple[list[Pair], int]:
        """Return what may be sent to an address now, and how many alerts are to wait."""
        read = [(e, read_entry(self.store, e)) for e in stream(self.store.engine, channel, MOST)]
        pairs = [(entry, notice) for entry, notice in read if notice is not None]
        loud = [
            (entry, notice)
            for entry, notice in pairs
            if notice.closes or not self.settings.waits(channel, notice.severity, self.now)
        ]
        return loud, len(pairs) - len(loud)

    def _conclude(self, lanes: list[Lane]) -> int:
        """Write down how addresses do, and whose failures were their own; return set aside."""
        aside = 0
        mark_delivered(self.store.engine, [of for lane in lanes for of in lane.passed_over])
        failed = {number: lane for lane in lanes for number in lane.failed}
        entries = these(self.store.engine, ALERTS, failed.keys())
        with self.store.engine.begin() as connection:
            states = {lane.channel: lane.concluded(self.now, self.patience) for lane in lanes}
            note_channels(connection, states)
            for entry in entries:
                lane = failed[entry.number]
                alone = lane.delivered > 0  # others arrived, so it is this one's own failure
                attempts = entry.attempts + alone
                never = alone and attempts >= self.patience.alone
                problem = lane.problem or "it was not taken"
                note_untaken(connection, entry.number, problem, attempts=attempts, aside=never)
                aside += never
        return aside

    def _told(self, messages: int, quiet: int, aside: int) -> Delivered:
        states = channel_states(self.store.engine)
        left = streams_waiting(self.store.engine)
        problems = [
            f"{name}: {state.problem}; tried again at {state.next_try:%H:%M:%S} UTC"
            for name, state in states.items()
            if name in left and state.next_try is not None
        ]
        problems += [
            f"{count:,} alerts wait for {name}, which alerts.yml names no more"
            for name, count in left.items()
            if name not in {NOBODY, *self.settings.channels}
        ]
        return Delivered(
            messages=messages,
            waiting=sum(left.values()),
            quiet=quiet,
            set_aside=aside,
            problems=tuple(problems),
        )


def _within(patience: Patience, seconds: float) -> Patience:
    """Return a patience that leaves each message half of the time that there is, at most."""
    return replace(patience, message=min(patience.message, seconds / 2))


def _waiting(store: Store) -> int:
    return sum(streams_waiting(store.engine).values())

"""The alerts for one address, in the order in which they are tried, and how that goes."""

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from audit_pipeline.alerts.notice import Notice, without
from audit_pipeline.store.alerting import ChannelState
from audit_pipeline.store.outbox import Waiting

GIVE_UP = 2
"""Failures in a row after which an address is left alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long is waited for what, in seconds, and how often something is tried."""

    first: float = 30
    """After the first failure of an address; then twice as long each time, up to `longest`."""
    longest: float = 900
    message: float = 12
    """For one message, however far it got."""
    alone: int = 5
    """Attempts after which an alert is set aside that failed alone, while others arrived."""
    at_once: int = 48
    """Messages on their way at the same time."""
    lease: float = 30
    """For which nobody else delivers, beyond the time that this round has."""


Pair = tuple[Waiting, Notice]


@dataclass(slots=True)
class Lane:
    """What waits for one address. An address that failed before is tried with one alert first.

    That is the first of the queue, which begins with those not tried yet: so one alert that nobody
    takes cannot keep an address shut. Once it takes messages, they go in the order in which they
    were written, those that failed alone before last. More than `most` alerts are put together into
    one message; where that fails, each is tried by itself. What was told of a finding later is not
    followed by what was to be told of it before.
    """

    channel: str
    state: ChannelState
    queue: deque[Pair]
    most: int
    delivered: int = 0
    problem: str | None = None
    failed: list[int] = field(default_factory=list[int])
    passed_over: list[int] = field(default_factory=list[int])
    """Alerts that tell nothing that was not told."""
    _told: dict[int, int] = field(default_factory=dict[int, int])
    _in_order: bool = False
    _misses: int = 0
    _apart: bool = False
    _ended: bool = False

    def next(self) -> list[Pair]:
        """Return what is to be sent now as one message; nothing if nothing more is to be tried."""
        if self._ended or not self.queue:
            return []
        if self._probing:
            return [self.queue.popleft()]
        self._put_in_order()
        if self._apart or len(self.queue) <= self.most:
            return [self.queue.popleft()] if self.queue else []
        taken = [pair for pair in self.queue if not pair[1].closes]
        self.queue = deque(pair for pair in self.queue if pair[1].closes)  # each by itself
        return taken or [self.queue.popleft()]

    @property
    def _probing(self) -> bool:
        return self.state.failures > 0 and not self.delivered

    def _put_in_order(self) -> None:
        if self._in_order:
            return
        self._in_order = True
        ordered = sorted(self.queue, key=lambda pair: (pair[0].attempts > 0, pair[0].number))
        news = [(entry, without(of, self._told, entry.number)) for entry, of in ordered]
        self.passed_over += [entry.number for entry, notice in news if not notice.items]
        self.queue = deque(pair for pair in news if pair[1].items)

    def arrived(self, pairs: list[Pair], partly: str | None = None) -> None:
        """Note that a message was taken; `partly`: why not by all."""
        self.problem = partly or self.problem
        self.delivered += 1
        self._misses = 0
        for entry, notice in pairs:
            self._told |= {item.finding.number: entry.number for item in notice.items}

    def missed(self, pairs: list[Pair], problem: str, *, hung: bool = False) -> None:
        """Note that a message was not taken, or never answered."""
        self.problem = problem
        self._misses += 1
        if len(pairs) > 1:
            self._apart = True
            self.queue.extendleft(reversed(pairs))
        else:
            self.failed += [entry.number for entry, _ in pairs]
        self._ended = hung or self._probing or self._misses > GIVE_UP

    def concluded(self, now: datetime, patience: Patience) -> ChannelState:
        """Return how delivery to the address goes after this round."""
        if self.delivered:
            return ChannelState(delivered=now, problem=self.problem)
        if self.problem is None:
            return self.state  # nothing was tried
        failures = self.state.failures + 1
        pause = min(patience.longest, patience.first * 2 ** min(failures - 1, 20))
        return replace(
            self.state,
            failures=failures,
            failing_since=min(self.state.failing_since or now, now),  # the clock may be set back
            next_try=now + timedelta(seconds=pause),
            problem=self.problem,
        )

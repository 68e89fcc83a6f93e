"""The alerts for one address, in the order in which they are tried, and how that goes."""

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from audit_pipeline.alerts.notice import Notice
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

    More than `most` alerts are put together into one message; where that fails, each is tried by
    itself, those that never failed first: so one that nobody takes holds up no other.
    """

    channel: str
    state: ChannelState
    queue: deque[Pair]
    most: int
    delivered: int = 0
    problem: str | None = None
    failed: list[int] = field(default_factory=list[int])
    _misses: int = 0
    _apart: bool = False
    _ended: bool = False

    def next(self) -> list[Pair]:
        """Return what is to be sent now as one message; nothing if nothing more is to be tried."""
        if self._ended or not self.queue:
            return []
        probing = self.state.failures > 0 and not self.delivered
        if self._apart or probing or len(self.queue) <= self.most:
            return [self.queue.popleft()]
        taken = list(self.queue)
        self.queue.clear()
        return taken

    def arrived(self) -> None:
        """Note that a message was taken."""
        self.delivered += 1
        self._misses = 0

    def missed(self, pairs: list[Pair], problem: str, *, hung: bool = False) -> None:
        """Note that a message was not taken, or never answered."""
        self.problem = problem
        self._misses += 1
        if len(pairs) > 1:
            self._apart = True
            self.queue.extendleft(reversed(pairs))
        else:
            self.failed += [entry.number for entry, _ in pairs]
        probing = self.state.failures > 0 and not self.delivered
        self._ended = hung or probing or self._misses > GIVE_UP

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
            failing_since=self.state.failing_since or now,
            next_try=now + timedelta(seconds=pause),
            problem=self.problem,
        )

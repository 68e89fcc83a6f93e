"""Send what waits for all addresses side by side; none that hangs holds up another."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from audit_pipeline.alerts.message import Message
from audit_pipeline.alerts.notice import Notice, Why, together
from audit_pipeline.alerts.sending import Answer, Sender
from audit_pipeline.crash_points import CrashPoint, reached
from audit_pipeline.stages.alerting.lanes import Lane, Pair, Patience
from audit_pipeline.store.delivery import mark_delivered
from audit_pipeline.store.incidents import note_incident
from audit_pipeline.store.store import Store
from audit_pipeline.store.upsert import digest

AT_ONCE = 20
"""Alerts that are marked together: so many may arrive twice after a kill."""

Say = Callable[[Notice, str], Message]


@dataclass(slots=True)
class _Sent:
    """A message on its way: to be answered until a monotonic time."""

    lane: Lane
    pairs: list[Pair]
    until: float
    key: str
    told: Notice
    late: bool = False


@dataclass(slots=True)
class Round:
    """One round of sending: nothing begins that could not be answered before `end`, monotonic."""

    store: Store
    say: Say
    patience: Patience
    end: float
    _on_the_way: dict[str, _Sent] = field(default_factory=dict[str, _Sent])

    def send(self, lanes: Iterable[Lane]) -> None:
        """Send what lanes hold, until all is tried or the time is up."""
        ready = deque(sorted(lanes, key=lambda lane: lane.state.failures))
        with Sender() as sender:
            try:
                while ready or self._waited_for:
                    self._begin(sender, ready)
                    if not self._waited_for:
                        return  # the time is up
                    self._hear(sender, ready)
            except ChildProcessError as died:
                for sent in self._waited_for:
                    sent.lane.missed(sent.pairs, str(died), hung=True)

    @property
    def _waited_for(self) -> list[_Sent]:
        return [sent for sent in self._on_the_way.values() if not sent.late]

    def _begin(self, sender: Sender, ready: deque[Lane]) -> None:
        while ready and len(self._waited_for) < self.patience.at_once:
            until = time.monotonic() + self.patience.message
            if until > self.end:
                ready.clear()
                return
            lane = ready.popleft()
            pairs = lane.next()
            if pairs:
                told = together(notice for _, notice in pairs)
                key = digest(*sorted(entry.key for entry, _ in pairs))
                id_ = sender.send(lane.channel, self.say(told, key), key=key, closes=told.closes)
                self._on_the_way[id_] = _Sent(lane, pairs, until, key, told)

    def _hear(self, sender: Sender, ready: deque[Lane]) -> None:
        """Hear the answers that are there, or note which did not come in time."""
        arrived: list[int] = []
        answer = sender.next(min(sent.until for sent in self._waited_for))
        while answer is not None:
            sent = self._on_the_way.pop(answer.id)
            if answer.problem is None:
                arrived += [entry.number for entry, _ in sent.pairs]
                sent.lane.arrived(sent.pairs, answer.partly)
                self._note_incident(sent, answer)
            elif not sent.late:
                sent.lane.missed(sent.pairs, answer.problem)
            ready.append(sent.lane)
            answer = sender.next(time.monotonic()) if len(arrived) < AT_ONCE else None
        if arrived:
            reached(CrashPoint.ALERT_SENT)
        mark_delivered(self.store.engine, arrived)
        self._give_up_waiting()

    def _note_incident(self, sent: _Sent, answer: Answer) -> None:
        """Write down what a pager holds open; before the alert is marked, so none is forgotten."""
        if answer.incident:
            rings = (i for i in sent.told.items if i.why not in {Why.RESOLVED, Why.TEST})
            about = [item.finding.number for item in rings]
            note_incident(self.store.engine, (sent.lane.channel, sent.key), about)

    def _give_up_waiting(self) -> None:
        for sent in self._waited_for:
            if time.monotonic() >= sent.until:
                sent.late = True  # should it be taken after all, that is heard, too
                problem = f"no answer within {self.patience.message:g} seconds"
                sent.lane.missed(sent.pairs, problem, hung=True)

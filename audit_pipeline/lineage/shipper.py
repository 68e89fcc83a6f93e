"""Deliver what waits in the outbox: at least once, in order, whatever the backend does.

A backend that is dead is told from an event that nobody takes. When everything fails, the backend
is left alone, each time for longer. An event that fails alone, while others are delivered, holds up
its own stream only, and is set aside after ten such attempts; one that is refused is at once. What
has failed before goes last, so that it is in nobody's way.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import SystemRandom

from sqlalchemy import Engine

from audit_pipeline import clock
from audit_pipeline.crash_points import CrashPoint, reached
from audit_pipeline.lineage.destinations.base import (
    GIVE_UP,
    Allowed,
    Answer,
    Destination,
    Refused,
    Unreachable,
)
from audit_pipeline.store.channels import Channel, channel_of, hold, let_go, note
from audit_pipeline.store.delivery import Trouble, mark_delivered, note_trouble, set_aside, troubles
from audit_pipeline.store.outbox import Waiting, these, waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long is waited for what, in seconds, and how often something is tried."""

    first: float = 5
    """After the first failure; then twice as long each time, up to `longest`."""
    longest: float = 300
    asked_for: float = 3600
    """A backend that asks to be left alone is, for so long at most."""
    alone: float = 15
    """Between the attempts of an event that fails alone, likewise doubled up to `longest`."""
    attempts: int = 10
    """After which such an event is set aside."""
    batch: int = 200
    """Entries that are marked together: so many arrive twice at most after a kill."""
    batch_seconds: float = 10
    lease: float = 75
    """For which the channel is held; longer than a batch with the last answer waited for."""


@dataclass(slots=True, kw_only=True)
class Round:
    """What came of one round of deliveries. `is_dead`: everything failed, or all in the end."""

    delivered: int = 0
    refused: int = 0
    failed: dict[int, str] = field(default_factory=dict[int, str])
    misses: int = 0
    left_alone: float | None = None
    problem: str | None = None

    @property
    def is_dead(self) -> bool:
        """Whether the backend answered nobody, or nobody any more."""
        return bool(self.failed) and (not self.delivered or self.misses >= GIVE_UP)

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be tried now."""
        return self.misses >= GIVE_UP or self.left_alone is not None


class Shipper:
    """Delivers a channel of the outbox to a destination; one process at a time does."""

    def __init__(
        self, engine: Engine, channel: str, holder: str, patience: Patience | None = None
    ) -> None:
        self.engine, self.channel, self.holder = engine, channel, holder
        self.patience = patience or Patience()

    def hold(self) -> bool:
        """Take hold of the channel, or keep it; return False if another process has it."""
        lease = timedelta(seconds=self.patience.lease)
        return hold(self.engine, self.channel, self.holder, lease)

    def let_go(self) -> None:
        """Let others deliver."""
        let_go(self.engine, self.channel, self.holder)

    def ship(self, destination: Destination, seconds: float) -> Round:
        """Deliver what can be within `seconds`, and write down how it went.

        The channel must be held.
        """
        end = time.monotonic() + seconds
        done = Round()
        known = {trouble.stream: trouble for trouble in troubles(self.engine, self.channel)}
        while not done.is_over and time.monotonic() < end and self.hold():
            entries = self._next(known, done)
            begin = min(end, time.monotonic() + self.patience.batch_seconds)
            answers = destination.deliver(entries, Allowed(begin, end)) if entries else {}
            reached(CrashPoint.EVENTS_SENT)
            self._note(entries, answers, known, done)
            if not answers:
                break
        self._conclude(done)
        return done

    def _next(self, known: dict[str, Trouble], done: Round) -> list[Waiting]:
        """Return the next batch: of streams without trouble, or else the heads of others."""
        batch = self.patience.batch
        fresh = waiting(self.engine, self.channel, batch, without=known.keys())
        if fresh:
            return fresh
        due = [t.number for t in known.values() if self._is_due(t) and t.number not in done.failed]
        room = GIVE_UP - 1 - done.misses  # one more would make a living backend look dead
        return these(self.engine, self.channel, due[: max(0, room)])

    def _is_due(self, trouble: Trouble) -> bool:
        if not trouble.attempts:
            return True
        pause = min(self.patience.longest, self.patience.alone * 2 ** (trouble.attempts - 1))
        since = abs(clock.now() - trouble.tried)  # clocks are set back, too
        return since >= timedelta(seconds=pause)

    def _note(
        self,
        entries: Sequence[Waiting],
        answers: dict[int, Answer],
        known: dict[str, Trouble],
        done: Round,
    ) -> None:
        """Write down what became of entries; those delivered first, for that must not be lost."""
        tried = [entry for entry in entries if entry.number in answers]
        arrived = [entry for entry in tried if answers[entry.number] is None]
        mark_delivered(self.engine, [entry.number for entry in arrived])
        done.delivered += len(arrived)
        if arrived:
            done.misses = 0
        for entry in tried:
            answer = answers[entry.number]
            if isinstance(answer, Unreachable):
                self._missed(entry, answer, known, done)
                continue
            known.pop(entry.stream, None)
            if isinstance(answer, Refused):
                set_aside(self.engine, entry.number, str(answer))
                done.refused += 1

    def _missed(
        self, entry: Waiting, answer: Unreachable, known: dict[str, Trouble], done: Round
    ) -> None:
        if answer.cut_short and done.delivered:
            return  # it is slow, but it answers: our own time was up
        done.problem = str(answer)
        if answer.retry_after is not None:
            done.left_alone = max(done.left_alone or 0, answer.retry_after)
        else:
            done.misses += 1
        done.failed[entry.number] = str(answer)
        known[entry.stream] = Trouble(
            number=entry.number,
            stream=entry.stream,
            attempts=entry.attempts,
            tried=clock.now(),
        )

    def _conclude(self, done: Round) -> None:
        """Write down how the channel does, and whose failures were their own."""
        alone = not done.is_dead and done.left_alone is None
        heads = these(self.engine, self.channel, done.failed.keys())
        for entry in heads:
            problem = done.failed[entry.number]
            if alone and entry.attempts + 1 >= self.patience.attempts:
                times = entry.attempts + 1
                set_aside(self.engine, entry.number, f"failed {times} times alone: {problem}")
                done.refused += 1
            else:
                note_trouble(self.engine, entry.number, problem, alone=alone)
        note(self.engine, self.channel, self._channel(done))

    def _channel(self, done: Round) -> Channel:
        before = channel_of(self.engine, self.channel)
        if not (done.is_dead or done.left_alone is not None):
            if not (done.delivered or done.refused):
                return before  # nothing was tried
            return Channel(problem=done.problem)
        failures = 1 if done.delivered else before.failures + 1
        pause = self.patience.first * 2 ** min(failures - 1, 20)
        pause = min(self.patience.longest, pause) * SystemRandom().uniform(0.75, 1.25)
        asked = min(self.patience.asked_for, done.left_alone or 0)
        next_try = clock.now() + timedelta(seconds=max(pause, asked))
        return Channel(failures=failures, next_try=next_try, problem=done.problem)

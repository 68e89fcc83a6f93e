"""What is delivered at the same time: streams, each in its order."""

import threading
import time
from collections import deque
from collections.abc import Sequence
from itertools import groupby

from audit_pipeline.lineage.destinations.base import GIVE_UP, Allowed, Answer, Unreachable
from audit_pipeline.store.outbox import Waiting

TOO_LATE = 0.5
"""With fewer seconds left, no delivery begins."""


class Work:
    """What lanes share: the streams nobody has begun, and what became of entries."""

    def __init__(self, entries: Sequence[Waiting], allowed: Allowed) -> None:
        ordered = sorted(entries, key=lambda entry: entry.stream)  # stable: by number in a stream
        streams = [list(of) for _, of in groupby(ordered, key=lambda entry: entry.stream)]
        self.streams = deque(sorted(streams, key=lambda stream: stream[0].number))
        self.allowed, self.answers = allowed, dict[int, Answer]()
        self.misses, self.stopped, self.lock = 0, False, threading.Lock()

    def next(self) -> list[Waiting] | None:
        """Return a stream that nobody has begun, or None."""
        with self.lock:
            return self.streams.popleft() if self.streams else None

    def goes_on(self) -> bool:
        """Return whether another delivery may begin."""
        now = time.monotonic()
        late = now >= self.allowed.begin or now + TOO_LATE >= self.allowed.end
        return not (late or self.stopped or self.misses >= GIVE_UP)

    def note(self, entry: Waiting, answer: Answer) -> None:
        """Write down what became of an entry."""
        with self.lock:
            self.answers[entry.number] = answer
            missed = isinstance(answer, Unreachable)
            self.misses = self.misses + 1 if missed else 0
            self.stopped |= isinstance(answer, Unreachable) and answer.retry_after is not None

    def ended(self) -> dict[int, Answer]:
        """Return what became of entries; who is late now is not waited for."""
        with self.lock:
            self.stopped = True
            return dict(self.answers)

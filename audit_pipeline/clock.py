"""What time it is: asked here and nowhere else, so that a month can pass in a minute of a test.

How long something took is not asked here, but of a stopwatch: `time.monotonic`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Answers with the time, in UTC."""


def _of_the_system() -> datetime:
    return datetime.now(UTC)


_clock: Clock = _of_the_system


def now() -> datetime:
    """Return the time, in UTC."""
    return _clock()


@contextmanager
def told_by(clock: Clock) -> Iterator[None]:
    """Let another clock tell the time to all of this process, its threads too, in the block."""
    global _clock  # noqa: PLW0603 (a process has one time)
    before, _clock = _clock, clock
    try:
        yield
    finally:
        _clock = before

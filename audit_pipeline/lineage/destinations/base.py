"""What every destination of events does, and how it says that it could not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from audit_pipeline.store.outbox import Waiting

GIVE_UP = 8
"""After so many failures in a row, with nothing delivered between, a backend counts as dead."""


class Unreachable(Exception):  # noqa: N818 (it says what the backend is)
    """An event could not be delivered, and may be another time.

    `retry_after`: seconds for which the backend asks to be left alone. `cut_short`: it might have
    answered, but our own time was up.
    """

    def __init__(
        self, why: str, *, retry_after: float | None = None, cut_short: bool = False
    ) -> None:
        super().__init__(why)
        self.retry_after, self.cut_short = retry_after, cut_short


class Refused(Exception):  # noqa: N818 (it says what the event is)
    """The backend will never take this event; others it may."""


Answer = Unreachable | Refused | None
"""What became of an entry: None if it was delivered."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Until when, by `time.monotonic`, deliveries may begin, and by when the last is to end."""

    begin: float
    end: float


class Destination(Protocol):
    """Where events go."""

    def deliver(self, entries: Sequence[Waiting], allowed: Allowed) -> dict[int, Answer]:
        """Deliver entries, those of a stream in their order; return what became of them by number.

        Behind one that was `Unreachable`, its stream is not tried. Those not tried are left out.
        """

    def close(self) -> None:
        """Give back connections."""

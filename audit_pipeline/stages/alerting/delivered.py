"""What came of a round of delivering alerts."""

from dataclasses import dataclass

NO_FILE = "nobody is alerted: there is no alerts.yml in the home"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What came of one round.

    `messages` were taken; `waiting` alerts were not delivered yet, `quiet` of them because of quiet
    hours; `problems` say what is wrong.
    """

    messages: int = 0
    waiting: int = 0
    quiet: int = 0
    set_aside: int = 0
    problems: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """All of it in a sentence."""
        parts = []
        if self.messages:
            parts.append(f"{self.messages:,} message{'s' * (self.messages != 1)} delivered")
        if self.waiting:
            hours = f", {self.quiet:,} of them for the end of quiet hours" if self.quiet else ""
            parts.append(f"{self.waiting:,} alert{'s' * (self.waiting != 1)} waiting{hours}")
        if self.set_aside:
            parts.append(f"{self.set_aside:,} set aside: see audit-pipeline alerts status")
        return "; ".join([*parts, *self.problems]) or "no alert waits"

    @property
    def is_done(self) -> bool:
        """Whether nothing waits that could have been delivered, and nothing is wrong."""
        return self.waiting == self.quiet and not self.problems

"""What the sensor remembers from one look to the next, small enough for Dagster's cursor."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from audit_pipeline.stages.arrivals import Seen

PER_AUDIT, IN_ALL = 10, 400
"""Windows to remember. The cursor is written at every tick: it must not grow with late labels. One
of each audit has room always: windows that wait for a person must not keep others from waiting."""
FRESH_SECONDS = 120.0
"""For so long after it changed, data may be waited for only because it has to stand still."""
LONG_SECONDS, REST, MOST_REST = 0.5, 20, 3600.0
"""Sources that take longer to look at are left in peace twenty times as long, an hour at most: a
database that counts rows for us has other things to do."""


@dataclass(slots=True)
class Memory:
    """What waits, what is left in peace, and the audit to begin with the next time.

    It is kept in Dagster's cursor, for its processes come and go by the minute.
    """

    begin_with: str = ""
    seen: dict[str, dict[str, Seen]] = field(default_factory=dict[str, dict[str, Seen]])
    """By audit and window."""
    rest: dict[str, float] = field(default_factory=dict[str, float])
    """Until when an audit's sources are left in peace, in seconds of the epoch."""

    @classmethod
    def read(cls, cursor: str | None) -> "Memory":
        """Return what a cursor holds; one that another version wrote is forgotten."""
        try:
            content = json.loads(cursor or "{}")
            seen = {
                audit: {key: Seen(mark=m, since=s, first=f) for key, (m, s, f) in windows.items()}
                for audit, windows in content.get("seen", {}).items()
            }
            rest = {audit: float(until) for audit, until in content.get("rest", {}).items()}
            return cls(str(content.get("begin_with", "")), seen, rest)
        except (ValueError, TypeError, AttributeError):
            return cls()

    def write(self) -> str:
        """Return the cursor."""
        seen = {
            audit: {
                key: [s.mark, round(s.since, 1), round(s.first, 1)] for key, s in windows.items()
            }
            for audit, windows in self.seen.items()
        }
        rest = {audit: round(until) for audit, until in self.rest.items()}
        content = {"begin_with": self.begin_with, "seen": seen, "rest": rest}
        return json.dumps(content, separators=(",", ":"))

    def of(self, audit: str, window: str) -> Seen | None:
        """Return what was seen of a window."""
        return self.seen.get(audit, {}).get(window)

    def keep(self, audit: str, seen: Mapping[str, Seen]) -> None:
        """Remember the windows of an audit, newest first, in place of what was; as many as fit."""
        self.seen.pop(audit, None)
        room = max(1, min(PER_AUDIT, IN_ALL - sum(len(each) for each in self.seen.values())))
        kept = dict(list(seen.items())[:room])
        if kept:
            self.seen[audit] = kept

    def only(self, audits: set[str]) -> None:
        """Forget all other audits."""
        self.seen = {name: each for name, each in self.seen.items() if name in audits}
        self.rest = {name: until for name, until in self.rest.items() if name in audits}

    def waits(self, audit: str, now: float) -> bool:
        """Return whether data of an audit changed a short while ago, and is to stand still."""
        return any(now - seen.since < FRESH_SECONDS for seen in self.seen.get(audit, {}).values())

    def looked(self, audit: str, at: float, seconds: float) -> None:
        """Remember that a look at an audit's sources took so long."""
        self.rest.pop(audit, None)
        if seconds > LONG_SECONDS:
            self.rest[audit] = at + min(REST * seconds, MOST_REST)

    def rests(self, audit: str, now: float) -> bool:
        """Return whether an audit's sources are to be left in peace."""
        return 0 < self.rest.get(audit, 0) - now <= MOST_REST

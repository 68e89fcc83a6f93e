"""What the site shows: all audits of a home, as they stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from audit_pipeline.domain.finding import SEVEREST_FIRST, Finding, Severity, State
from audit_pipeline.domain.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One audited window: its last revision, and where its report is, if that is there.

    `report` is an address from the folder of the site.
    """

    window: str
    revision: int
    verdict: Verdict
    report: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Where a number starts to warn and to fail, on its own axis; None where it does not."""

    warn: float | None = None
    fail: float | None = None
    lower_is_worse: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One metric over the windows of an audit, the oldest first; None where there is no number.

    `subject` is whose number is the last one, where there are several.
    """

    metric: str
    title: str
    unit: str
    phrase: str
    values: tuple[float | None, ...]
    subject: str = ""
    few: bool = False
    """Whether a number is not told because it is of fewer than ten rows."""
    limits: Limits = Limits()
    """Those of `subject` now."""


class Due(StrEnum):
    """How an audit stands to its next window."""

    WAITS = "waits"
    """The next window has not ended, or only just."""
    LATE = "late"
    """The next window should have been audited by now."""
    PAUSED = "paused"
    """It does not run for now, and says why."""
    BY_HAND = "by hand"
    """It is not scheduled: somebody starts it."""
    OVER = "over"
    """Its last window was audited: it has an end, and that is reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """One audit and how it stands: `windows` are the newest that were audited, oldest first.

    `at` is when it was last audited, `next_window` the first one not audited after those, which
    ends at `next_end`; `missed` counts those that have ended. `checks` counts the checks of the
    newest window by verdict; `index` is the address of its list of all windows, if that is there.
    """

    name: str
    title: str
    purpose: str
    owner: str
    risk: str
    every: str
    due: Due
    windows: tuple[Shown, ...] = ()
    at: datetime | None = None
    next_window: str | None = None
    next_end: datetime | None = None
    missed: int = 0
    paused: str | None = None
    """Why it does not run for now."""
    checks: Mapping[Verdict, int] = field(default_factory=dict[Verdict, int])
    series: tuple[Series, ...] = ()
    index: str | None = None

    @property
    def newest(self) -> Shown | None:
        """The newest audited window."""
        return self.windows[-1] if self.windows else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """An audit file that cannot be read, and why."""

    file: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A finding that is not resolved: what it is called, and where the report is that saw it last.

    `waived_by` and `waived_because` are given of one that somebody answers for; `gone` says that
    its audit has no file any more, so that no audit settles it.
    """

    finding: Finding
    title: str
    what: str
    report: str | None = None
    waived_by: str = ""
    waived_because: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """All audits of a home, what is not settled of them, and when this was so."""

    made: datetime
    version: str
    audits: tuple[Audited, ...] = ()
    broken: tuple[Broken, ...] = ()
    findings: tuple[Told, ...] = ()

    @property
    def standing(self) -> tuple[Told, ...]:
        """The findings that are to be dealt with."""
        return tuple(told for told in self.findings if told.finding.stands)

    @property
    def waived(self) -> tuple[Told, ...]:
        """The findings that somebody answers for until a day."""
        return tuple(told for told in self.findings if told.finding.state is State.WAIVED)

    def is_overdue(self, told: Told) -> bool:
        """Return whether a finding should have been dealt with by now."""
        return told.finding.stands and told.finding.due < self.made.date()


def by_severity(told: tuple[Told, ...]) -> dict[Severity, int]:
    """Return how many findings there are of each severity, the severest first; none are left out.

    >>> by_severity(())
    {}
    """
    counts = dict.fromkeys(SEVEREST_FIRST, 0)
    for each in told:
        counts[each.finding.severity] += 1
    return {severity: many for severity, many in counts.items() if many}

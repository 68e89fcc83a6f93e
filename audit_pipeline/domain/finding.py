"""A finding: something an audit did not pass, from the first night until it passes or is waived.

One cause has one finding, however many nights it is seen. What happens to it is a history that is
only ever added to; what it stands at follows from that.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from audit_pipeline.domain.check import Check
from audit_pipeline.domain.verdict import WORST_FIRST, Verdict

Risk = Literal["low", "medium", "high"]


class FindingError(ValueError):
    """What was asked cannot be done to this finding; the message says why and what can."""


class Severity(StrEnum):
    """How much a finding matters: of the verdict, and of what is at stake in the audit."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


SEVEREST_FIRST = tuple(Severity)


class State(StrEnum):
    """What a finding stands at."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    """Somebody looks after it."""
    WAIVED = "waived"
    """Somebody else than the owner answers for it until a day, after which it opens again."""
    RESOLVED = "resolved"
    """An audit of the same window or a later one passed."""


class Change(StrEnum):
    """What happened to a finding."""

    OPENED = "opened"
    CONTINUED = "continued"
    WORSENED = "worsened"
    EASED = "eased"
    ACKNOWLEDGED = "acknowledged"
    WAIVED = "waived"
    EXPIRED = "waiver expired"
    RESOLVED = "resolved"
    REOPENED = "reopened"


LOUD = frozenset({Change.OPENED, Change.WORSENED, Change.EXPIRED, Change.RESOLVED, Change.REOPENED})
"""Changes that somebody is to hear of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One check of one sealed audit: what a finding is opened, continued or resolved by.

    `start` is when the window begins; `at` when the audit was sealed.
    """

    audit: str
    check: Check
    window: str
    start: datetime
    revision: int
    verdict: Verdict
    required: bool
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is known of one cause.

    `since` is the first window in which it was seen without a pass between, `window`, `start` and
    `revision` the last audit in which it was looked for; `due` the day by which it is to be dealt
    with. `until` is the last day of a waiver. `number` counts the findings of all audits.
    """

    number: int
    audit: str
    check: Check
    owner: str
    severity: Severity
    state: State
    since: str
    opened: datetime
    window: str
    start: datetime
    revision: int
    verdict: Verdict
    reason: str
    due: date
    until: date | None = None

    @property
    def stands(self) -> bool:
        """Whether it is to be dealt with: neither resolved nor waived."""
        return self.state in {State.OPEN, State.ACKNOWLEDGED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One line of a finding's history: who did what, when, and why.

    `by` is a person, or `audit-pipeline`; `words` why, in a sentence; `window` and `revision` the
    audit that it came of, empty and 0 where it came of none.
    """

    change: Change
    at: datetime
    by: str
    words: str
    severity: Severity
    window: str = ""
    revision: int = 0


OURSELVES = "audit-pipeline"


def severity_of(verdict: Verdict, risk: Risk, *, required: bool = True) -> Severity:
    """Return how much it matters that a check ended so, in an audit of such a risk.

    A failure, or a gap in what was promised, is critical where the risk is high; a warning is one
    step below; what nobody requires, or too little data can tell, is low.

    >>> severity_of(Verdict.FAIL, "high"), severity_of(Verdict.WARN, "high")
    (<Severity.CRITICAL: 'critical'>, <Severity.HIGH: 'high'>)
    >>> severity_of(Verdict.FAIL, "low"), severity_of(Verdict.INCONCLUSIVE, "high")
    (<Severity.MEDIUM: 'medium'>, <Severity.LOW: 'low'>)
    """
    if verdict is Verdict.INCONCLUSIVE or not required:
        return Severity.LOW
    steps = {"high": 0, "medium": 1, "low": 2}[risk] + (verdict is Verdict.WARN)
    return SEVEREST_FIRST[min(steps, len(SEVEREST_FIRST) - 1)]


def worst_first(finding: Finding) -> tuple[int, int, int]:
    """Return what to sort findings by: severity, then verdict, then age.

    Findings that do not stand come last.
    """
    severity = SEVEREST_FIRST.index(finding.severity)
    verdict = WORST_FIRST.index(finding.verdict)
    return severity + len(SEVEREST_FIRST) * (not finding.stands), verdict, finding.number

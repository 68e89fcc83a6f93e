"""One check in two audits: what became of it, by how much, and whether that may be chance."""

import math
from dataclasses import dataclass
from enum import StrEnum

from audit_pipeline.domain.check import Check, Outcome
from audit_pipeline.domain.limit import Against
from audit_pipeline.domain.measurement import Interval, Measurement
from audit_pipeline.domain.verdict import WORST_FIRST, Verdict, worst


class Change(StrEnum):
    """What became of a check, in the order of concern."""

    WORSE = "worse"
    """Another verdict, nearer to a failure; or an answer was lost, whatever it had been."""
    GONE = "gone"
    """The earlier audit had it, the later has not."""
    NEW = "new"
    BETTER = "better"
    MOVED = "moved"
    """The same verdict, another number."""
    UNCHANGED = "unchanged"
    """The same verdict, and no number that may be shown differs."""


_CONCERN = {change: rank for rank, change in enumerate(Change)}
_ANSWERS = {Verdict.PASS, Verdict.WARN, Verdict.FAIL}
_RANK = {verdict: rank for rank, verdict in enumerate(WORST_FIRST)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One check in two audits; None on the side that does not have it.

    `comparable` is False where the numbers measure distances from two different baselines;
    `independent` is False for two revisions of one window, which share their rows.
    """

    check: Check
    before: Outcome | None
    after: Outcome | None
    comparable: bool = True
    independent: bool = True

    @property
    def change(self) -> Change:
        """What became of the check."""
        if self.before is None:
            return Change.NEW
        if self.after is None:
            return Change.GONE
        first, second = self.before.verdict, self.after.verdict
        if first is not second:
            lost = first in _ANSWERS and second not in _ANSWERS  # a failure is not mended by a gap
            return Change.WORSE if lost or worst((first, second)) is second else Change.BETTER
        same = _alike(_value(self.before), _value(self.after))
        return Change.UNCHANGED if same else Change.MOVED

    @property
    def difference(self) -> float | None:
        """The later number less the earlier, in its unit; None where that says nothing."""
        first, second = _value(self.before), _value(self.after)
        if first is None or second is None or not self.comparable:
            return None
        return second - first if math.isfinite(second - first) else None

    @property
    def apart(self) -> bool | None:
        """Whether the two 95 % intervals do not overlap; None where they cannot tell.

        Intervals that do not overlap are more apart than chance makes likely. Those that do
        overlap leave it open: the numbers may still differ.

        Limitation: of many checks some are apart by chance alone.
        """
        first, second = _interval(self.before), _interval(self.after)
        if first is None or second is None or not (self.comparable and self.independent):
            return None
        return first.high < second.low or second.high < first.low

    @property
    def limit_changed(self) -> bool:
        """Whether the two were held to different limits."""
        limits = [o.limit for o in (self.before, self.after) if o is not None]
        held = {(x.warn, x.fail, x.worse, x.against, x.required) for x in limits if x is not None}
        return len(held) > 1

    @property
    def noteworthy(self) -> bool:
        """Whether anything a reader would want to know changed."""
        if self.change is not Change.UNCHANGED or self.limit_changed:
            return True
        reasons = {o.reason for o in (self.before, self.after) if o and o.verdict is Verdict.GAP}
        return len(reasons) > 1

    @property
    def size(self) -> float:
        """How large the difference is: as a share of the limit or of the number, the smaller one.

        It only puts changes of different metrics in an order.
        """
        first, second = _value(self.before), _value(self.after)
        if self.difference is None or first is None or second is None:
            return 0.0
        largest = max(abs(first), abs(second))
        by_number = abs(self.difference) / largest if largest else 0.0
        bound = self._bound()
        return min(by_number, abs(self.difference) / bound) if bound else by_number

    @property
    def concern(self) -> tuple[int, int, float, Check]:
        """What to sort by: the worst change first, then the worst verdict, then the largest."""
        outcome = self.after or self.before
        rank = _RANK[outcome.verdict] if outcome is not None else 0
        return _CONCERN[self.change], rank, -self.size, self.check

    def _bound(self) -> float:
        limit = self.after.limit if self.after is not None else None
        bounds = (limit.fail, limit.warn) if limit and limit.against is Against.VALUE else ()
        return next((abs(bound) for bound in bounds if bound), 0.0)


def measured(outcome: Outcome | None) -> Measurement | None:
    """Return the measurement of an outcome that may not be there, if it has one."""
    return outcome.measurement if outcome is not None else None


def _value(outcome: Outcome | None) -> float | None:
    found = measured(outcome)
    return found.value if found is not None else None


def _interval(outcome: Outcome | None) -> Interval | None:
    found = measured(outcome)
    interval = found.interval if found is not None else None
    if interval is None or not math.isfinite(interval.high - interval.low):
        return None
    return interval


def _alike(first: float | None, second: float | None) -> bool:
    if first is None or second is None:
        return first is second
    return first == second or (math.isnan(first) and math.isnan(second))

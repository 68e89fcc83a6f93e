"""Limits turn a measured number into a verdict."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from audit_pipeline.domain.measurement import Measurement
from audit_pipeline.domain.verdict import Verdict

ERROR_SHARE = 0.1
"""A number whose error bound exceeds this share of its limit cannot be judged against it."""


class Worse(StrEnum):
    """Which way is bad."""

    HIGHER = "higher"
    LOWER = "lower"


class Against(StrEnum):
    """What a limit is held against."""

    VALUE = "value"
    """The number itself."""
    CHANGE = "change"
    """How much worse the number is than the baseline's, in its own unit."""
    RELATIVE_CHANGE = "relative_change"
    """How much worse the number is than the baseline's, as a share of the baseline's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Where a number starts to be a warning, and where a failure.

    For `Against.CHANGE` and `RELATIVE_CHANGE` the bounds are positive amounts of worsening, so
    `worse=LOWER, against=CHANGE, fail=0.05` fails when the number fell by more than 0.05.
    """

    warn: float | None
    fail: float | None
    worse: Worse = Worse.HIGHER
    against: Against = Against.VALUE
    set_by: str | None = None
    reason: str | None = None
    required: bool = True

    def judge(self, measurement: Measurement) -> tuple[Verdict, str]:
        """Return the verdict on `measurement` and the reason for it, in one sentence.

        The verdict is that of the number itself, except where it cannot be known: the interval
        reaches from the region that passes to the region that fails, or the error bound is more
        than a tenth of a limit that it can reach. A bound that reaches no limit is harmless,
        however wide. Where a limit is held against the baseline, its number's bound counts too.
        """
        baseline = measurement.baseline_value
        if self.against is not Against.VALUE and (baseline is None or math.isnan(baseline)):
            return Verdict.GAP, (
                "the baseline has no such number to compare with; `against: value` would limit the"
                " number itself"
            )
        if self.against is Against.RELATIVE_CHANGE and not baseline:
            return Verdict.GAP, "the baseline's number is zero, so no relative change exists"
        position = self._position(baseline)
        here = position(measurement.value)
        verdict = self._grade(here)
        if verdict is Verdict.PASS and math.isnan(here):  # no bound to be beyond
            return Verdict.GAP, "the value is not a number (NaN)"
        bound = self._error_bound(measurement)
        if self._imprecise(bound, here):
            return Verdict.INCONCLUSIVE, f"the error bound {bound:.3g} is too wide for the limit"
        if measurement.interval is not None:
            ends = {
                self._grade(position(measurement.interval.low)),
                self._grade(position(measurement.interval.high)),
                verdict,
            }
            if {Verdict.PASS, Verdict.FAIL} <= ends:
                low, high = measurement.interval.low, measurement.interval.high
                return Verdict.INCONCLUSIVE, (
                    f"too little data to tell: the 95 % interval {low:.3g} to {high:.3g}"
                    " reaches from pass to fail"
                )
        return verdict, self._sentence(here, verdict)

    def _position(self, baseline: float | None) -> Callable[[float], float]:
        """Return the map from a value to what the bounds are compared with."""
        sign = 1.0 if self.worse is Worse.HIGHER else -1.0
        if self.against is Against.VALUE or baseline is None:
            return lambda value: value
        if self.against is Against.CHANGE:
            return lambda value: sign * (value - baseline)
        return lambda value: sign * (value - baseline) / abs(baseline)

    def _grade(self, position: float) -> Verdict:
        if self._beyond(position, self.fail):
            return Verdict.FAIL
        return Verdict.WARN if self._beyond(position, self.warn) else Verdict.PASS

    def _beyond(self, position: float, bound: float | None) -> bool:
        if bound is None:
            return False
        lower_is_worse = self.worse is Worse.LOWER and self.against is Against.VALUE
        # `not <=` and not `>`: a number that is not a number is beyond every bound
        return not (position >= bound) if lower_is_worse else not (position <= bound)

    def _error_bound(self, measurement: Measurement) -> float:
        """Return how far what is held against the bounds may lie from its exact value."""
        bound, before = measurement.coverage.error_bound, measurement.baseline_value
        also = measurement.baseline_error_bound
        if self.against is Against.VALUE or before is None:
            return bound
        if self.against is Against.CHANGE or not before:
            return bound + also
        return (bound + (also * abs(measurement.value / before) if also else 0.0)) / abs(before)

    def _imprecise(self, bound: float, here: float) -> bool:
        bounds = [b for b in (self.warn, self.fail) if b is not None]
        if not bound or not bounds:
            return False
        # only a limit within reach of the error can be misjudged; a bound of NaN reaches all
        return math.isnan(bound) or any(
            abs(here - b) <= bound and bound > ERROR_SHARE * abs(b) for b in bounds
        )

    def _sentence(self, here: float, verdict: Verdict) -> str:
        what = "the value" if self.against is Against.VALUE else "the worsening"
        word = "below" if self._lower_bound() else "above"
        if verdict is Verdict.FAIL and self.fail is not None:
            return f"{what} {number(here)} is {word} the failure limit {number(self.fail)}"
        if verdict is Verdict.WARN and self.warn is not None:
            return f"{what} {number(here)} is {word} the warning limit {number(self.warn)}"
        bound = self.warn if self.warn is not None else self.fail
        if bound is None:
            return f"{what} {number(here)} is recorded; no limit is set"
        return f"{what} {number(here)} is within the limit {number(bound)}"

    def _lower_bound(self) -> bool:
        return self.worse is Worse.LOWER and self.against is Against.VALUE


def number(value: float) -> str:
    """Return a number as people write it: four digits that count, thousands set apart.

    >>> number(70131.0), number(0.29619014)
    ('70,131', '0.2962')
    """
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"  # noqa: PLR2004 (thousands)

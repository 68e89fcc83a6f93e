"""Axes with round ends and round ticks: a raw smallest or largest value never shows on one."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from markupsafe import Markup

from audit_pipeline.report.numbers import compact
from audit_pipeline.report.pictures.svg import element, line, text

DUST = 1e-12

Label = Callable[[float], str]
"""How a value is written at a tick."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A horizontal scale from `low` at x = `left` to `high` at x = `right`."""

    low: float
    high: float
    step: float
    left: float
    right: float

    def at(self, value: float) -> float:
        """Return where `value` lies, held within the picture."""
        share = (value - self.low) / (self.high - self.low)
        return self.left + min(max(share, 0.0), 1.0) * (self.right - self.left)

    @property
    def ticks(self) -> list[float]:
        """The round values that are labelled."""
        steps = round((self.high - self.low) / self.step)
        return [self.low + i * self.step for i in range(steps + 1)]

    def drawn(self, top: float, bottom: float, unit: str, label: Label = compact) -> Markup:
        """Return grid lines from `top` to `bottom`, and tick labels and the unit below."""
        marks = [line((self.at(v), top), (self.at(v), bottom), "grid") for v in self.ticks]
        words = [text(label(tidy(v)), self.at(v), bottom + 14, "middle") for v in self.ticks]
        below = text(unit, (self.left + self.right) / 2, bottom + 29, "middle unit")
        return element("g", *marks, *words, below, class_="axis")


def fitted(values: Iterable[float], left: float, right: float, wanted: int = 5) -> Axis:
    """Return the axis that holds all finite `values`, its ends rounded outward.

    `wanted` is about how many steps the axis shall have. Without a finite value it runs from 0
    to 1.
    """
    finite = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(finite), max(finite)
    if high - low < 1e-9 * max(abs(high), 1e-9):  # one value: give it some room
        low, high = low - abs(low or 1) / 2, high + abs(high or 1) / 2
    step = _round_step((high - low) / wanted)
    return Axis(
        low=math.floor(low / step + 1e-9) * step,
        high=math.ceil(high / step - 1e-9) * step,
        step=step,
        left=left,
        right=right,
    )


def tidy(value: float) -> float:
    """Return `value` without the dust of floating-point sums, for a label.

    >>> tidy(0.1 + 0.2)
    0.3
    """
    return float(f"{value:.10g}") if abs(value) > DUST else 0.0


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * (1 - 1e-9))

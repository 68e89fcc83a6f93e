"""A correlation read off exact sums of products, and how sure a change of it is."""

import math
from dataclasses import dataclass

from audit_pipeline.domain.measurement import Interval
from audit_pipeline.profiles.counts import Products

MOST_CHANGE = 2.0
"""From 1 to -1."""
NEAR_ONE = 1 - 1e-12
"""Fisher's transformation of 1 is infinite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """Pearson's correlation of two columns over the `rows` where both hold a number.

    `value` is None where one of them does not vary there: then no correlation exists.
    """

    rows: int
    value: float | None
    error_bound: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How a correlation with one partner moved, from what to what."""

    partner: str
    before: Correlation
    now: Correlation
    size: float

    @property
    def error_bound(self) -> float:
        """What the rounding of both sides can have done to the size."""
        return min(MOST_CHANGE, self.before.error_bound + self.now.error_bound)


def correlation(products: Products, first: str, second: str) -> Correlation:
    """Return the correlation of two columns, from exact sums of their rounded values.

    Rounding moves a value by half a unit at most, and so the direction of the column, as a vector
    of its rows, by at most `1 / (2 s - 1/2)`, s its standard deviation in units; the correlation by
    no more than both together.
    """
    i, j = products.names.index(first), products.names.index(second)
    rows = products.counts[i][j]
    spreads = [_spread(products, i, j), _spread(products, j, i)]
    if not all(spreads):
        return Correlation(rows=rows, value=None, error_bound=MOST_CHANGE)
    mean = products.sums[i][j] * products.sums[j][i]
    covariance = (rows * products.products[i][j] - mean) / rows**2
    doubts = [1 / (2 * s - 0.5) if s > 0.5 else MOST_CHANGE for s in spreads]  # noqa: PLR2004 (half a unit)
    return Correlation(
        rows=rows,
        value=max(-1.0, min(1.0, covariance / spreads[0] / spreads[1])),
        error_bound=min(MOST_CHANGE, sum(doubts) + doubts[0] * doubts[1]),
    )


def _spread(products: Products, i: int, j: int) -> float:
    """Return the standard deviation of column i in units, over its rows with j where known."""
    if products.squares is None:
        rows, total, squares = (
            m[i][i] for m in (products.counts, products.sums, products.products)
        )
    else:
        rows, total, squares = (m[i][j] for m in (products.counts, products.sums, products.squares))
    # whole numbers up to here: nothing cancels
    return math.sqrt(max(0, rows * squares - total**2)) / rows if rows else 0.0


def change_interval(change: Change, z: float) -> Interval:
    """Return the interval of the size of a change: Fisher's of each side, combined after Zou.

    Source: Fisher (1921), Metron 1, 3-32; Zou (2007), Psychological Methods 12, 399-413.
    """
    before, now = change.before.value or 0.0, change.now.value or 0.0
    old, new = _fisher(before, change.before.rows, z), _fisher(now, change.now.rows, z)
    moved, bound = now - before, change.error_bound
    low = moved - math.hypot(now - new.low, old.high - before) - bound
    high = moved + math.hypot(new.high - now, before - old.low) + bound
    nearest = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    return Interval(low=nearest, high=min(MOST_CHANGE, max(abs(low), abs(high))))


def _fisher(value: float, rows: int, z: float) -> Interval:
    middle = math.atanh(max(-NEAR_ONE, min(NEAR_ONE, value)))
    half = z / math.sqrt(rows - 3)
    return Interval(
        low=min(value, math.tanh(middle - half)), high=max(value, math.tanh(middle + half))
    )

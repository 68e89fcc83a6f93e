"""Selection, true positive and false positive rates of one group, and how sure they are."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from audit_pipeline.profiles.counts import JointCounts
from audit_pipeline.report.suppression import SMALLEST

Cell = tuple[str | None, str | None]

Select = Callable[[Cell], bool]

NORMAL_95 = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A share of `rows` with its 95 % interval.

    `coarse` tells that it was rounded to a whole percent, because it speaks of fewer than 10 rows
    that an exact share and its rows would give away.
    """

    share: float
    rows: int
    low: float
    high: float
    coarse: bool


def selection(group: JointCounts, positive: str) -> Rate | None:
    """Return the share of predicted rows that were predicted positive."""
    return _rate(group, of=lambda c: c[1] is not None, hits=lambda c: c[1] == positive)


def true_positive(group: JointCounts, positive: str) -> Rate | None:
    """Return the share of the truly positive rows that was predicted positive."""
    return _rate(
        group,
        of=lambda c: c[0] == positive and c[1] is not None,
        hits=lambda c: c[1] == positive,
    )


def false_positive(group: JointCounts, positive: str) -> Rate | None:
    """Return the share of the truly negative rows that was predicted positive."""
    return _rate(
        group,
        of=lambda c: c[0] not in {None, positive} and c[1] is not None,
        hits=lambda c: c[1] == positive,
    )


def wilson(share: float, rows: float) -> tuple[float, float]:
    """Return the Wilson score interval of a share at 95 %.

    Source: Wilson (1927), Journal of the American Statistical Association 22(158).

    >>> low, high = wilson(0.5, 100)
    >>> round(low, 4), round(high, 4)
    (0.4038, 0.5962)
    """
    z = NORMAL_95**2
    middle = (share + z / (2 * rows)) / (1 + z / rows)
    spread = share * (1 - share) / rows + z / (4 * rows**2)
    reach = NORMAL_95 * math.sqrt(spread) / (1 + z / rows)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _rate(group: JointCounts, of: Select, hits: Select) -> Rate | None:
    """Return a rate, or None where it would be of fewer than 10 rows."""
    cells = [cell for cell in group.counts if of(cell)]
    rows = sum(group.counts[cell] for cell in cells)
    mass = sum(group.mass[cell] for cell in cells)
    if rows < SMALLEST or not mass:
        return None
    hit = [cell for cell in cells if hits(cell)]
    found = sum(group.counts[cell] for cell in hit)
    share = sum(group.mass[cell] for cell in hit) / mass
    coarse = found < SMALLEST or rows - found < SMALLEST
    share = round(share, 2) if coarse else share
    low, high = wilson(share, rows)
    return Rate(share=share, rows=rows, low=low, high=high, coarse=coarse)

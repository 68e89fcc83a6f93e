"""A share of rows, and how sure it is: what rates, coverages and comparisons have in common."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import NormalDist

from audit_pipeline.domain.measurement import Interval
from audit_pipeline.metrics.base import UnmeasurableError
from audit_pipeline.profiles.counts import JointCounts

Z = NormalDist().inv_cdf(1 - 0.025)
"""The normal quantile of a two-sided 95 % interval, 1.96."""

UNLABELLED = "unlabelled"
NOT_SCORED = "not scored"

SIDE = 0.025
"""What either side of a 95 % interval may miss."""

Belongs = Callable[[str | None, str | None], bool]
"""Whether rows of this label and this prediction belong; None is a row without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Rows of one kind, the sum of their weights and that of the squared weights, if known."""

    rows: int
    mass: float
    squares: float | None = None


def effective_rows(cells: Iterable[Cell]) -> float:
    """Return Kish's effective sample size of `cells`, `(sum w)^2 / sum w^2` over their rows.

    The number of rows in an unweighted audit. Limitation: where a cell's squared weights are not
    known, its weights are taken as equal, `m^2 / n`, so that this is an upper bound.

    Source: Kish, Survey Sampling (1965).

    >>> effective_rows([Cell(rows=4, mass=4.0), Cell(rows=1, mass=4.0)])
    3.2
    >>> effective_rows([Cell(rows=2, mass=4.0, squares=10.0)])  # weights of 1 and 3
    1.6
    """
    filled = [cell for cell in cells if cell.rows and cell.mass > 0]
    squares = sum(c.mass**2 / c.rows if c.squares is None else c.squares for c in filled)
    return sum(cell.mass for cell in filled) ** 2 / squares if squares else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion:
    """A share between 0 and 1 of `rows` rows, worth `effective` rows of equal weight."""

    share: float
    rows: int
    effective: float

    @property
    def interval(self) -> Interval:
        """The 95 % interval of the share."""
        return wilson(self.share, self.effective)


def counted(part: int, whole: int) -> Proportion:
    """Return the share of `part` in `whole` unweighted rows, of which there must be some."""
    if whole <= 0:
        raise UnmeasurableError("there are no rows to take a share of")
    return Proportion(share=part / whole, rows=whole, effective=float(whole))


def unanswered(outcomes: JointCounts, *, labelled: bool = True) -> dict[str, int]:
    """Return the rows that lack a prediction or, where it is needed, a label; by reason."""
    found: dict[str, int] = {}
    for (label, predicted), rows in outcomes.counts.items():
        reason = UNLABELLED if labelled and label is None else NOT_SCORED
        if rows and (predicted is None or reason == UNLABELLED):
            found[reason] = found.get(reason, 0) + rows
    return found


def share_of(outcomes: JointCounts, inside: Belongs, among: Belongs) -> Proportion | None:
    """Return the share of the rows `among` that are also `inside`; None where there are none."""
    squares = outcomes.squares or {}
    base = {
        pair: Cell(rows=rows, mass=outcomes.mass[pair], squares=squares.get(pair))
        for pair, rows in outcomes.counts.items()
        if among(*pair)
    }
    mass = math.fsum(cell.mass for cell in base.values())
    if not mass:
        return None
    return Proportion(
        share=math.fsum(cell.mass for pair, cell in base.items() if inside(*pair)) / mass,
        rows=sum(cell.rows for cell in base.values()),
        effective=effective_rows(base.values()),
    )


def simultaneous(comparisons: int) -> float:
    """Return the normal quantile at which so many 95 % intervals hold all at once (Bonferroni).

    >>> simultaneous(1) == Z
    True
    """
    return NormalDist().inv_cdf(1 - SIDE / comparisons)


def wilson(share: float, rows: float, z: float = Z) -> Interval:
    """Return the Wilson score interval of a share seen in `rows` rows, 95 % by default; 0 to 1.

    Source: Wilson (1927), JASA 22, 209-212. Never of zero width: no failure in 10 rows still allows
    a rate of 28 %.

    >>> round(wilson(0.0, 10).high, 2), round(wilson(0.5, 4).low, 2)
    (0.28, 0.15)
    """
    weight = z**2 / rows
    centre = (share + weight / 2) / (1 + weight)
    half = math.sqrt(share * (1 - share) * weight + weight**2 / 4) / (1 + weight)
    # rounding must not push the ends past the share they surround
    return Interval(
        low=max(0.0, min(centre - half, share)), high=min(1.0, max(centre + half, share))
    )


def difference_interval(first: Proportion, second: Proportion, z: float = Z) -> Interval:
    """Return the interval of `first.share - second.share`, 95 % by default, between -1 and 1.

    Source: Newcombe (1998), Statistics in Medicine 17, 873-890, method 10 (hybrid score).

    >>> ten = counted(0, 10)
    >>> round(difference_interval(ten, ten).high, 2)
    0.28
    """
    gap = first.share - second.share
    a, b = (wilson(one.share, one.effective, z) for one in (first, second))
    return Interval(
        low=gap - math.hypot(first.share - a.low, b.high - second.share),
        high=gap + math.hypot(a.high - first.share, second.share - b.low),
    )


def ratio_interval(first: Proportion, second: Proportion, z: float = Z) -> Interval:
    """Return the interval of `first.share / second.share`; half a row is added to each count.

    Source: delta method on the logarithm, Katz et al. (1978), Biometrics 34, 469-474; the half row
    after Walter (1975), Biometrika 62, 371-374, lets a share of zero have an interval too.

    >>> half = counted(50, 100)
    >>> round(ratio_interval(half, half).low, 2), round(ratio_interval(half, half).high, 2)
    (0.76, 1.32)
    """
    logs, variance = [], 0.0
    for one in (first, second):
        events, rows = one.share * one.effective + 0.5, one.effective + 0.5
        logs.append(math.log(events / rows))
        variance += 1 / events - 1 / rows
    middle, half = logs[0] - logs[1], z * math.sqrt(variance)
    return Interval(low=math.exp(middle - half), high=math.exp(middle + half))

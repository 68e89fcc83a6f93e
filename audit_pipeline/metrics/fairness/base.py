"""What fairness metrics share: the rate of each group, and the two groups furthest apart."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from audit_pipeline.domain.intersection import BY
from audit_pipeline.domain.measurement import Interval, Json
from audit_pipeline.metrics.base import Reading, TooLittleDataError, UnmeasurableError
from audit_pipeline.metrics.proportions.base import (
    Belongs,
    Proportion,
    Z,
    difference_interval,
    ratio_interval,
    share_of,
    simultaneous,
    unanswered,
)
from audit_pipeline.metrics.scopes import Groups

MINIMUM_ROWS = 30
"""A rate of fewer rows than this is not compared."""
MISSING = "missing"
"""The group of rows without the attribute, as profiles name it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A rate measured in each group: the rows it counts, among which, in words."""

    name: str
    inside: Belongs
    among: Belongs
    labelled: bool = True
    """Whether rows need a label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """How two groups are compared.

    `between` makes the number and its interval of a lower and a higher rate, at a normal quantile;
    `parity` is the number of equal groups.
    """

    between: Callable[[Proportion, Proportion, float], tuple[float, Interval]]
    parity: float


def selection_rate(positive: str) -> Rate:
    """Return the share predicted positive, of the rows that have a prediction."""
    return Rate(
        name="selection rate",
        inside=lambda _, predicted: predicted == positive,
        among=lambda _, predicted: predicted is not None,
        labelled=False,
    )


def true_positive_rate(positive: str) -> Rate:
    """Return the share predicted positive, of the rows labelled positive."""
    return Rate(
        name="true positive rate",
        inside=lambda _, predicted: predicted == positive,
        among=lambda label, predicted: label == positive and predicted is not None,
    )


def false_positive_rate(positive: str) -> Rate:
    """Return the share predicted positive, of the rows labelled otherwise."""
    return Rate(
        name="false positive rate",
        inside=lambda _, predicted: predicted == positive,
        among=lambda label, predicted: label not in (None, positive) and predicted is not None,
    )


def difference(lowest: Proportion, highest: Proportion, z: float) -> tuple[float, Interval]:
    """Return the highest rate less the lowest, and Newcombe's interval, cut off at 0."""
    ends = difference_interval(highest, lowest, z)
    return highest.share - lowest.share, Interval(low=max(0.0, ends.low), high=min(1.0, ends.high))


def ratio(lowest: Proportion, highest: Proportion, z: float) -> tuple[float, Interval]:
    """Return the lowest rate over the highest, and the log-ratio interval, cut off at 1.

    Raises:
        UnmeasurableError: The highest rate is zero.
    """
    if not highest.share:
        raise UnmeasurableError("the rate is zero in every group, so no ratio exists")
    value = lowest.share / highest.share
    ends = ratio_interval(lowest, highest, z)
    # the interval's half row must not move its ends past the value
    return value, Interval(low=min(value, ends.low), high=min(1.0, max(value, ends.high)))


DIFFERENCE = Compare(between=difference, parity=0.0)
RATIO = Compare(between=ratio, parity=1.0)


def compare_groups(groups: Groups, rate: Rate, compare: Compare) -> Reading:
    """Return the comparison of the groups of lowest and highest rate.

    Groups with fewer than `MINIMUM_ROWS` rows in the denominator are listed in detail as not
    measured, and their rows counted as left out. Rows without the attribute are the group
    `missing`. `used` counts the rows of measured groups that have a prediction and, where the rate
    asks for one, a label.

    As the two are chosen for being furthest apart, the interval's end towards parity holds for all
    pairs of groups at once (Bonferroni) and is the one furthest from parity: what is certain of
    some pair is certain of the extremes. So noise among many groups is no finding, and a small
    group of an extreme rate does not hide a gap between large ones. Limitation: the other end is
    that of the two groups alone, and the number itself is on average overstated.

    Raises:
        UnmeasurableError: No row counts, there are no two groups, or a ratio of zero rates is asked
            for.
        TooLittleDataError: There are two groups, but fewer than two are large enough.
    """
    _require_two(groups)
    rates = {name: share_of(groups[name], rate.inside, rate.among) for name in sorted(groups)}
    measured = {n: r for n, r in rates.items() if r is not None and r.rows >= MINIMUM_ROWS}
    if not any(rates.values()):
        raise UnmeasurableError(f"no row of any group counts in the {rate.name}")
    if len(measured) <= 1:
        raise TooLittleDataError(
            f"{len(measured)} of {len(groups)} groups have the {MINIMUM_ROWS} rows that"
            f" the {rate.name} needs; two are needed to compare"
        )
    lowest = min(measured, key=lambda name: (measured[name].share, name))
    highest = max(measured, key=lambda name: (measured[name].share, name))
    value, interval = compare.between(measured[lowest], measured[highest], Z)
    rows, left_out = _coverage(groups, rate, measured)
    return Reading(
        value=value,
        rows=rows,
        used=rows - sum(left_out.values()),
        left_out=left_out,
        interval=_certain(interval, value, compare, list(measured.values())),
        detail={
            "rate": rate.name,
            "lowest": lowest,
            "highest": highest,
            "groups": [_line(name, found, name in measured) for name, found in rates.items()],
        },
    )


def _certain(
    alone: Interval, value: float, compare: Compare, rates: Sequence[Proportion]
) -> Interval:
    """Return the interval `alone` of the extremes, its end towards parity that of all pairs."""
    ordered = sorted(rates, key=lambda one: one.share)
    pairs = [(low, high) for low, high in combinations(ordered, 2) if high.share]
    z = simultaneous(len(pairs) or 1)
    ends = [compare.between(low, high, z)[1] for low, high in pairs]
    if not compare.parity:
        return Interval(low=min(value, max((e.low for e in ends), default=0.0)), high=alone.high)
    return Interval(low=alone.low, high=max(value, min((e.high for e in ends), default=1.0)))


def _require_two(groups: Groups) -> None:
    """Raise where not even more rows of this kind would make two groups to compare."""
    present = [name for name, outcomes in groups.items() if outcomes.rows]
    if present and all(set(name.split(BY)) == {MISSING} for name in present):
        raise UnmeasurableError("the protected attribute has no value in any row")
    if len(present) == 1:
        raise UnmeasurableError("all rows are of one group; two are needed to compare")


def _coverage(
    groups: Groups, rate: Rate, measured: Mapping[str, Proportion]
) -> tuple[int, dict[str, int]]:
    left_out: dict[str, int] = {}
    for name, outcomes in groups.items():
        reasons = unanswered(outcomes, labelled=rate.labelled)
        if name not in measured:
            reasons["in groups too small"] = outcomes.rows - sum(reasons.values())
        for reason, count in reasons.items():
            left_out[reason] = left_out.get(reason, 0) + count
    rows = sum(outcomes.rows for outcomes in groups.values())
    return rows, {reason: count for reason, count in left_out.items() if count}


def _line(name: str, found: Proportion | None, measured: bool) -> dict[str, Json]:  # noqa: FBT001
    """Return one group as a row of the report's table."""
    rate = found if measured else None
    return {
        "group": name,
        "rows": found.rows if found else 0,
        "rate": rate.share if rate else None,
        "low": rate.interval.low if rate else None,
        "high": rate.interval.high if rate else None,
        "measured": measured,
    }

"""Bring together what several windows counted of a model's outputs."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import chain
from typing import TypedDict, TypeVar

from audit_pipeline.profiles.counts import (
    CalibrationBin,
    JointCounts,
    LossSums,
    Products,
    RegressionErrors,
    ScoreCounts,
    Scores,
)
from audit_pipeline.profiles.histogram import Histogram
from audit_pipeline.profiles.losses import CALIBRATION_BINS, calibration_bin, losses
from audit_pipeline.profiles.merging.columns import MergeError, effective_rows, merge_histograms

T = TypeVar("T")


class ByLabel(TypedDict):
    """The histograms that scores are counted in."""

    positive: Histogram
    negative: Histogram
    unlabelled: Histogram


Groups = Mapping[str, Mapping[str, T]]
OLD = "a part is of version 1 of the format, which does not say enough to be merged: audit it again"


def merge_joint(parts: Sequence[JointCounts]) -> JointCounts:
    """Return the rows of all parts by label and prediction."""
    keys = list(dict.fromkeys(chain.from_iterable(part.counts for part in parts)))
    squares = None
    if any(part.squares is not None for part in parts):
        # a part without them is one where every row weighs 1
        each = [part.squares if part.squares is not None else part.counts for part in parts]
        squares = {key: math.fsum(cells.get(key, 0.0) for cells in each) for key in keys}
    return JointCounts(
        counts={key: sum(part.counts.get(key, 0) for part in parts) for key in keys},
        mass={key: math.fsum(part.mass.get(key, 0.0) for part in parts) for key in keys},
        squares=squares,
    )


def merge_groups(parts: Sequence[Groups[T]], merge: Callable[[Sequence[T]], T]) -> Groups[T]:
    """Return what `merge` makes of each group of the attributes that every part has."""
    names = [name for name in parts[0] if all(name in part for part in parts)]
    groups = {name: sorted({g for part in parts for g in part[name]}) for name in names}
    return {
        name: {g: merge([part[name][g] for part in parts if g in part[name]]) for g in known}
        for name, known in groups.items()
    }


def merge_score_counts(parts: Sequence[ScoreCounts]) -> ScoreCounts:
    """Return the scores of one group, of all parts."""
    return ScoreCounts(**_by_label(parts))


def _by_label(parts: Sequence[ScoreCounts | Scores]) -> ByLabel:
    return {
        "positive": merge_histograms([part.positive for part in parts]),
        "negative": merge_histograms([part.negative for part in parts]),
        "unlabelled": merge_histograms([part.unlabelled for part in parts]),
    }


def merge_scores(parts: Sequence[Scores]) -> Scores:
    """Return the scores of all parts, with their losses and calibration.

    Raises:
        MergeError: A part with labels is of version 1.
    """
    sums = _loss_sums(parts)
    return Scores(
        **_by_label(parts),
        nulls=sum(part.nulls for part in parts),
        invalid=sum(part.invalid for part in parts),
        calibration=tuple(_calibration(parts)),
        sums=sums,
        **losses(sums),
    )


def _loss_sums(parts: Iterable[Scores]) -> LossSums | None:
    known = [part.sums for part in parts if part.brier is not None]
    found = [sums for sums in known if sums is not None]
    if len(found) < len(known):
        raise MergeError(OLD)
    if not found:
        return None
    return LossSums(
        weight=sum(each.weight for each in found),
        brier=sum(each.brier for each in found),
        brier_squares=sum(each.brier_squares for each in found),
        log_loss=sum(each.log_loss for each in found),
        log_loss_squares=sum(each.log_loss_squares for each in found),
    )


def _calibration(parts: Iterable[Scores]) -> Iterable[CalibrationBin]:
    listed = [each for part in parts for each in part.calibration]
    for low in sorted({each.low for each in listed}):
        same = [each for each in listed if each.low == low]
        yield calibration_bin(
            round(low * CALIBRATION_BINS),
            sum(each.count for each in same),
            math.fsum(each.mass for each in same),
            sum(_known(each.score_sum) for each in same),
            sum(_known(each.positive_sum) for each in same),
        )


def _known(number: T | None) -> T:
    if number is None:
        raise MergeError(OLD)
    return number


def merge_errors(parts: Sequence[RegressionErrors]) -> RegressionErrors | None:
    """Return a regression's errors of all parts; None if no part has any.

    Means and variances are brought together in exact fractions, so the order of parts changes
    nothing; against all rows counted at once they differ by rounding, of about 1e-9 of the largest
    error.

    Raises:
        MergeError: A part is of version 1.
    """
    if not parts:
        return None
    masses = [Fraction(_known(part.mass)) for part in parts]
    labels = [Fraction(_known(part.label_mean)) for part in parts]
    absolute = [Fraction(part.mean_absolute) for part in parts]
    squared = [Fraction(part.mean_squared) for part in parts]
    return RegressionErrors(
        count=sum(part.count for part in parts),
        effective_rows=effective_rows((_known(p.mass), p.effective_rows) for p in parts),
        mean_absolute=float(_mean(masses, absolute)),
        absolute_variance=_variance(masses, absolute, [p.absolute_variance for p in parts]),
        mean_squared=float(_mean(masses, squared)),
        squared_variance=_variance(masses, squared, [p.squared_variance for p in parts]),
        label_variance=_variance(masses, labels, [p.label_variance for p in parts]),
        mass=float(sum(masses)),
        label_mean=float(_mean(masses, labels)),
        label_span=max((part.label_span or 0.0 for part in parts), default=None),
    )


def _mean(masses: Sequence[Fraction], values: Sequence[Fraction]) -> Fraction:
    weighed = sum((m * v for m, v in zip(masses, values, strict=True)), Fraction())
    return weighed / sum(masses)


def _variance(
    masses: Sequence[Fraction], means: Sequence[Fraction], within: Sequence[float]
) -> float:
    """Return the variance of all rows: that within the parts and that between their means."""
    middle = _mean(masses, means)
    spreads = [Fraction(v) + (m - middle) ** 2 for v, m in zip(within, means, strict=True)]
    return float(_mean(masses, spreads))


def merge_products(parts: Sequence[Products]) -> Products:
    """Return the sums of products of all parts, of the columns that all parts have."""
    names = [name for name in parts[0].names if all(name in part.names for part in parts)]
    places = [[part.names.index(name) for name in names] for part in parts]

    def added(field: str) -> tuple[tuple[int, ...], ...]:
        cells = [getattr(part, field) for part in parts]
        each = list(zip(cells, places, strict=True))
        size = range(len(names))
        return tuple(tuple(sum(c[p[i]][p[j]] for c, p in each) for j in size) for i in size)

    return Products(
        names=tuple(names),
        counts=added("counts"),
        sums=added("sums"),
        products=added("products"),
        squares=added("squares") if all(part.squares is not None for part in parts) else None,
    )

"""Bring together what several windows counted of one column."""

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np

from audit_pipeline.profiles.counting.codes import MOST_CATEGORIES, require_categories
from audit_pipeline.profiles.histogram import EMPTY, Histogram
from audit_pipeline.profiles.moments import kish_rows, mean_and_deviation
from audit_pipeline.profiles.profile import (
    UNIT,
    CategoricalColumn,
    Column,
    ExactSums,
    NumericColumn,
)

NOTHING = ExactSums(weight=0, weight_squares=0, first=0, second=0)


class MergeError(Exception):
    """Profiles cannot be brought together; the text says why and what to do."""


def merge_columns(name: str, columns: Sequence[Column]) -> Column:
    """Return one column of all parts' rows.

    Raises:
        MergeError: The parts were not counted alike.
        UncountableError: Together they have more rare values than a category can have.
    """
    numeric = [column for column in columns if isinstance(column, NumericColumn)]
    categorical = [column for column in columns if isinstance(column, CategoricalColumn)]
    if numeric and categorical:
        raise MergeError(
            f"{name} was counted as numbers in one part and as categories in another: profile the"
            " parts again with one baseline"
        )
    return merge_numeric(numeric) if numeric else merge_categorical(categorical)


def merge_numeric(columns: Sequence[NumericColumn]) -> NumericColumn:
    """Return one numeric column; bins, extremes and exact sums are those of all rows at once.

    Raises:
        MergeError: The grids differ.
    """
    name, grid = columns[0].name, columns[0].grid
    if any(column.grid != grid for column in columns):
        raise MergeError(
            f"{name} was counted on different grids, so its bins do not meet: profile the parts"
            " again with one baseline, from which the grid comes"
        )
    histogram = merge_histograms([column.histogram for column in columns])
    sums = _sums(columns)
    mean, deviation = mean_and_deviation(sums, grid, histogram)
    masses = [math.fsum(column.histogram.mass.tolist()) for column in columns]
    return NumericColumn(
        name=name,
        rows=sum(column.rows for column in columns),
        nulls=sum(column.nulls for column in columns),
        nans=sum(column.nans for column in columns),
        infinities=sum(column.infinities for column in columns),
        grid=grid,
        histogram=histogram,
        effective_rows=kish_rows(sums.weight, sums.weight_squares)
        if sums
        else effective_rows(zip(masses, (c.effective_rows for c in columns), strict=True)),
        mean=mean,
        standard_deviation=deviation,
        sums=sums,
    )


def merge_histograms(histograms: Sequence[Histogram]) -> Histogram:
    """Return the histogram of all rows; in whatever order the parts come, it is the same."""
    filled = [each for each in histograms if len(each.bins)]
    if not filled:
        return EMPTY
    bins, mass = (np.concatenate([getattr(h, n) for h in filled]) for n in ("bins", "mass"))
    order = np.lexsort((mass, bins))  # so that masses are added in one order
    merged, first = np.unique(bins[order], return_index=True)
    counts, lows, highs = (
        np.concatenate([getattr(h, n) for h in filled])[order] for n in ("counts", "lows", "highs")
    )
    return Histogram(
        bins=merged,
        counts=np.add.reduceat(counts, first),
        mass=np.add.reduceat(mass[order], first),
        lows=np.minimum.reduceat(lows, first),
        highs=np.maximum.reduceat(highs, first),
    )


def _sums(columns: Iterable[NumericColumn]) -> ExactSums | None:
    """Return the sums of all parts; None where one with rows has none, as in version 1."""
    found = [c.sums if c.sums or c.histogram.rows else NOTHING for c in columns]
    known = [sums for sums in found if sums is not None]
    if len(known) < len(found):
        return None
    return ExactSums(
        weight=sum(sums.weight for sums in known),
        weight_squares=sum(sums.weight_squares for sums in known),
        first=_known_sum(sums.first for sums in known),
        second=_known_sum(sums.second for sums in known),
    )


def _known_sum(numbers: Iterable[int | None]) -> int | None:
    listed = list(numbers)
    known = [number for number in listed if number is not None]
    return sum(known) if len(known) == len(listed) else None


def effective_rows(parts: Iterable[tuple[float, float]]) -> float:
    """Return Kish's effective rows of all parts, from each one's weight and effective rows.

    A part's squared weights are found again from the two, to the last digit while they sum to less
    than 2^30, and to 16 digits beyond.
    """
    weight = squares = 0
    for mass, effective in parts:
        if effective:
            own = round(Fraction(mass) * UNIT)
            weight += own
            squares += round(Fraction(own * own, UNIT) / Fraction(effective))
    return kish_rows(weight, squares)


def merge_categorical(columns: Sequence[CategoricalColumn]) -> CategoricalColumn:
    """Return one categorical column: what was folded in a part is folded in the whole.

    Exact where the baseline says which categories are kept, and where no part has a tail. A part
    that kept its own most frequent ones does not say what it folded: any category that it did not
    keep may be among it, and so is folded here.

    Raises:
        UncountableError: Together they have more rare values than a category can have.
    """
    name = columns[0].name
    valued = sum(c.rows - c.nulls for c in columns)
    kept = _kept(columns)
    counts = {code: sum(c.counts.get(code, 0) for c in columns) for code in kept}
    mass = {code: math.fsum(c.mass.get(code, 0.0) for c in columns) for code in kept}
    folded = valued - sum(counts.values())
    require_categories(name, folded, valued)
    tails = [c.folded_mass for c in columns]
    tails += [weight for c in columns for code, weight in c.mass.items() if code not in counts]
    return CategoricalColumn(
        name=name,
        rows=sum(c.rows for c in columns),
        nulls=sum(c.nulls for c in columns),
        counts=counts,
        mass=mass,
        effective_rows=effective_rows(
            (math.fsum([*c.mass.values(), c.folded_mass]), c.effective_rows) for c in columns
        ),
        folded=folded,
        folded_mass=math.fsum(tails),
    )


def _kept(columns: Sequence[CategoricalColumn]) -> list[str]:
    """Return the categories to keep: of those that no part may have folded, the most frequent."""
    names = {code for column in columns for code in column.counts}
    for column in columns:
        if column.folded and len(column.counts) >= MOST_CATEGORIES:
            names &= set(column.counts)
    if len(names) > MOST_CATEGORIES:
        totals = {code: sum(c.counts.get(code, 0) for c in columns) for code in names}
        names = set(sorted(names, key=lambda code: (-totals[code], code))[:MOST_CATEGORIES])
    return sorted(names)

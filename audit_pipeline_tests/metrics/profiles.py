"""Profiles counted from arrays, as the SQL of `audit_pipeline/profiles` counts them from tables."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from audit_pipeline.profiles.counts import (
    PRODUCT_UNIT,
    CalibrationBin,
    JointCounts,
    Products,
    RegressionErrors,
    Scores,
)
from audit_pipeline.profiles.histogram import (
    EMPTY,
    PARTS,
    FloatArray,
    Grid,
    HeavyBin,
    Histogram,
    IntArray,
)
from audit_pipeline.profiles.profile import CategoricalColumn, NumericColumn, Profile

GRID = Grid(centre=0.0, scale=1.0)
Cell = tuple[str | None, str | None]


def histogram(
    values: npt.ArrayLike, grid: Grid = GRID, weights: npt.ArrayLike | None = None
) -> Histogram:
    x = np.asarray(values, np.float64)
    places = np.floor(grid.resolution * np.arcsinh((x - grid.centre) / grid.scale)).astype(np.int64)
    return counted(x, _parts(x, places, grid) if grid.heavy else places, weights)


def _parts(x: FloatArray, places: IntArray, grid: Grid) -> IntArray:
    refined = places * PARTS
    for heavy in grid.heavy:
        inside = places == heavy.bin
        share = (x[inside] - heavy.low) / (heavy.high - heavy.low)
        refined[inside] += np.clip(np.floor(share * PARTS), 0, PARTS - 1).astype(np.int64)
    return refined


def fitted(values: FloatArray, heavy: float = 0.002) -> Grid:
    """Return the grid a baseline gets: by quartiles, heavy bins refined."""
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    scale = float((high - low) / 1.349 or np.std(values) or 1.0)
    grid = Grid(centre=float(middle), scale=scale)
    found = histogram(values, grid)
    wide = np.flatnonzero((found.shares >= heavy) & (found.widths > 0))
    cut = [
        HeavyBin(bin=int(found.bins[i]), low=float(found.lows[i]), high=float(found.highs[i]))
        for i in wide
    ]
    return replace(grid, heavy=tuple(cut))


def counted(x: FloatArray, places: IntArray, weights: npt.ArrayLike | None = None) -> Histogram:
    if not len(x):
        return EMPTY
    mass = np.ones(len(x)) if weights is None else np.asarray(weights, np.float64)
    bins, at = np.unique(places, return_inverse=True)
    lows, highs = np.full(len(bins), np.inf), np.full(len(bins), -np.inf)
    np.minimum.at(lows, at, x)
    np.maximum.at(highs, at, x)
    return Histogram(
        bins=bins,
        counts=np.bincount(at).astype(np.int64),
        mass=np.bincount(at, weights=mass).astype(np.float64),
        lows=lows,
        highs=highs,
    )


def kish(weights: npt.ArrayLike) -> float:
    w = np.asarray(weights, np.float64)
    return float(w.sum() ** 2 / (w**2).sum()) if len(w) else 0.0


def numeric(
    values: Sequence[float | None] | FloatArray,
    grid: Grid = GRID,
    weights: Sequence[float] | None = None,
) -> NumericColumn:
    everything = np.array([np.nan if v is None else v for v in values], np.float64)
    finite = np.isfinite(everything)
    nulls = sum(v is None for v in values)
    x = everything[finite]
    w = np.ones(len(everything)) if weights is None else np.asarray(weights, np.float64)
    w = w[finite]
    mean = float(np.average(x, weights=w)) if len(x) else None
    return NumericColumn(
        name="AGEP",
        rows=len(everything),
        nulls=nulls,
        nans=int(np.isnan(everything).sum()) - nulls,
        infinities=int(np.isinf(everything).sum()),
        grid=grid,
        histogram=histogram(x, grid, w),
        effective_rows=kish(w),
        mean=mean,
        standard_deviation=None
        if mean is None
        else float(np.average(((x - mean) / grid.scale) ** 2, weights=w)) ** 0.5 * grid.scale,
    )


def categorical(
    counts: Mapping[str, int], nulls: int = 0, *, weight: float = 1.0, folded: int = 0
) -> CategoricalColumn:
    rows = sum(counts.values()) + folded
    return CategoricalColumn(
        name="SEX",
        rows=rows + nulls,
        nulls=nulls,
        counts=counts,
        mass={name: count * weight for name, count in counts.items()},
        effective_rows=float(rows),
        folded=folded,
        folded_mass=folded * weight,
    )


def categories(values: Sequence[str]) -> CategoricalColumn:
    return categorical(Counter(values))


def joint(counts: Mapping[Any, int], weight: float = 1.0) -> JointCounts:
    cells: dict[Cell, int] = dict(counts)
    return JointCounts(counts=cells, mass={cell: n * weight for cell, n in cells.items()})


def pairs(labels: IntArray, predictions: IntArray) -> JointCounts:
    return joint(Counter((str(a), str(b)) for a, b in zip(labels, predictions, strict=True)))


def profile(rows: int = 100, **parts: Any) -> Profile:  # noqa: ANN401 (any of its fields)
    given = {
        "zero_weight": 0,
        "duplicate_ids": 0,
        "null_ids": 0,
        "labelled": rows,
        "predicted": rows,
        "engine": "hand",
        "positive": "1",
        "columns": {},
        "outcomes": None,
    }
    return Profile(rows=rows, **{**given, **parts})


def outcomes(counts: Mapping[Any, int], positive: str | None = "1") -> Profile:
    found = joint(counts)
    return profile(found.rows, outcomes=found, positive=positive)


def scores(
    labels: Sequence[int | None],
    values: Sequence[float],
    *,
    bins: int = 10**9,
    places: IntArray | None = None,
    **parts: Any,  # noqa: ANN401
) -> Profile:
    """Count scores in the bins `places`, or on a plain grid of `bins`: exact ties by default."""
    y = np.array([-1 if label is None else label for label in labels])
    x = np.asarray(values, np.float64)
    at = np.floor(x * bins).astype(np.int64) if places is None else places
    kept = [counted(x[y == label], at[y == label]) for label in (1, 0, -1)]
    known, said = y[y >= 0], x[y >= 0]
    squares = (said - known) ** 2
    clipped = np.clip(np.where(known == 1, said, 1 - said), 1e-15, 1.0)
    losses = -np.log(clipped)
    some = len(known) > 0
    found = {
        "positive": kept[0],
        "negative": kept[1],
        "unlabelled": kept[2],
        "nulls": 0,
        "invalid": 0,
        "calibration": reliability(known, said),
        "brier": float(squares.mean()) if some else None,
        "brier_variance": float(squares.var()) if some else None,
        "log_loss": float(losses.mean()) if some else None,
        "log_loss_variance": float(losses.var()) if some else None,
    }
    return profile(len(y), scores=Scores(**{**found, **parts}))


def reliability(labels: IntArray, values: FloatArray) -> tuple[CalibrationBin, ...]:
    places = np.minimum(np.floor(values * 10), 9)
    return tuple(
        CalibrationBin(
            low=float(place / 10),
            high=float(place / 10 + 0.1),
            count=int((places == place).sum()),
            mass=float((places == place).sum()),
            mean_score=float(values[places == place].mean()),
            positive_share=float(labels[places == place].mean()),
        )
        for place in np.unique(places)
    )


def regression(labels: npt.ArrayLike, predictions: npt.ArrayLike, unlabelled: int = 0) -> Profile:
    y, x = np.asarray(labels, np.float64), np.asarray(predictions, np.float64)
    absolute, squared = np.abs(y - x), (y - x) ** 2
    errors = RegressionErrors(
        count=len(y),
        effective_rows=float(len(y)),
        mean_absolute=float(absolute.mean()),
        absolute_variance=float(absolute.var()),
        mean_squared=float(squared.mean()),
        squared_variance=float(squared.var()),
        label_variance=float(y.var()),
    )
    return profile(
        len(y) + unlabelled,
        labelled=len(y),
        positive=None,
        errors=errors,
        residuals=numeric(y - x),
    )


def products(
    columns: Mapping[str, npt.ArrayLike], grid: Grid = GRID, *, squares: bool = True
) -> Products:
    """Count products of columns on one grid; NaN is a row without a number."""
    values = np.array([np.asarray(column, np.float64) for column in columns.values()])
    there = np.isfinite(values)
    places = (np.where(there, values, grid.centre) - grid.centre) / grid.scale
    v = np.where(there, np.floor(PRODUCT_UNIT * places + 0.5), 0).astype(np.int64)
    one = there.astype(np.int64)

    def told(matrix: IntArray) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(map(int, row)) for row in matrix)

    return Products(
        names=tuple(columns),
        counts=told(one @ one.T),
        sums=told(v @ one.T),
        products=told(v @ v.T),
        squares=told((v * v) @ one.T) if squares else None,
    )


def related(columns: Mapping[str, npt.ArrayLike], grid: Grid = GRID) -> Profile:
    """Return the profile of numeric columns counted together."""
    counted_ones = {
        name: numeric(np.asarray(values, np.float64), grid) for name, values in columns.items()
    }
    rows = next(iter(counted_ones.values())).rows
    return profile(rows, columns=counted_ones, products=products(columns, grid))

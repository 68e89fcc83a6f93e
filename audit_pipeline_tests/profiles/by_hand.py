"""Small profiles made by hand, with one thing changed."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from audit_pipeline.profiles.counts import JointCounts, ScoreCounts
from audit_pipeline.profiles.histogram import Grid, Histogram
from audit_pipeline.profiles.profile import (
    UNIT,
    CategoricalColumn,
    ExactSums,
    NumericColumn,
    Profile,
)

GRID = Grid(centre=0.0, scale=1.0)


def profile(**changed: Any) -> Profile:  # noqa: ANN401 (whatever a profile has)
    """Return a profile of ten rows in which nothing was counted, apart from what is given."""
    empty: dict[str, Any] = {
        "rows": 10,
        "zero_weight": 0,
        "duplicate_ids": 0,
        "null_ids": 0,
        "labelled": 0,
        "predicted": 0,
        "engine": "duckdb",
        "positive": "1",
        "columns": {},
        "outcomes": JointCounts(counts={}, mass={}),
    }
    return Profile(**(empty | changed))


def histogram(counts: Mapping[float, int], grid: Grid = GRID) -> Histogram:
    """Return the histogram of values and how many rows have them."""
    values = np.array(sorted(counts), np.float64)
    places = np.floor(grid.resolution * np.arcsinh((values - grid.centre) / grid.scale))
    rows = np.array([counts[value] for value in values.tolist()], np.int64)
    return Histogram(
        bins=places.astype(np.int64),
        counts=rows,
        mass=rows.astype(np.float64),
        lows=values,
        highs=values,
    )


def numeric(counts: Mapping[float, int], grid: Grid = GRID, *, nulls: int = 0) -> NumericColumn:
    """Return the column `x` of values and how many rows have them."""
    rows = sum(counts.values())
    scaled = [((value - grid.centre) / grid.scale, count) for value, count in counts.items()]
    return NumericColumn(
        name="x",
        rows=rows + nulls,
        nulls=nulls,
        nans=0,
        infinities=0,
        grid=grid,
        histogram=histogram(counts, grid),
        effective_rows=float(rows),
        mean=None,
        standard_deviation=None,
        sums=ExactSums(
            weight=rows * UNIT,
            weight_squares=rows * UNIT,
            first=sum(math.floor(z * UNIT + 0.5) * n for z, n in scaled),
            second=sum(math.floor(z * z * UNIT + 0.5) * n for z, n in scaled),
        ),
    )


def categorical(counts: Mapping[str, int], *, folded: int = 0) -> CategoricalColumn:
    """Return the column `c` of categories and how many rows have them."""
    rows = sum(counts.values()) + folded
    return CategoricalColumn(
        name="c",
        rows=rows,
        nulls=0,
        counts=dict(counts),
        mass={code: float(count) for code, count in counts.items()},
        effective_rows=float(rows),
        folded=folded,
        folded_mass=float(folded),
    )


def joint(counts: Mapping[tuple[str | None, str | None], int]) -> JointCounts:
    """Return rows by label and prediction, each of weight 1."""
    return JointCounts(
        counts=dict(counts), mass={key: float(count) for key, count in counts.items()}
    )


def scores(positive: int, negative: int, unlabelled: int = 0) -> ScoreCounts:
    """Return so many scores of one half by label."""
    return ScoreCounts(
        positive=halves(positive), negative=halves(negative), unlabelled=halves(unlabelled)
    )


def halves(rows: int) -> Histogram:
    """Return the histogram of so many scores of one half."""
    return histogram({0.0: rows} if rows else {})

"""Count the columns of a table: numbers on their grid, codes one by one."""

from typing import Any

import ibis
import numpy as np

from audit_pipeline.profiles.engine import (
    IbisTable,
    IbisValue,
    as_code,
    as_number,
    asinh,
    is_number,
)
from audit_pipeline.profiles.histogram import EMPTY, PARTS, FloatArray, Grid, Histogram
from audit_pipeline.profiles.profile import CategoricalColumn, NumericColumn

FIXED = 2**20
"""Weights are summed as whole multiples of 1/FIXED: a sum of floats would depend on threads."""
FARTHEST = 1e300
"""Distance from a grid's centre, in scales, at which bins end; asinh of it is 691."""
MOST_CATEGORIES = 10_000


class UncountableError(Exception):
    """A column cannot be counted; the text says why."""


def count_numbers(table: IbisTable, name: str, grid: Grid, weight: str) -> NumericColumn:
    """Return the numeric column `name` of `table`, counted on `grid`.

    The row weight stands in the column `weight`.

    Raises:
        UncountableError: The column holds no numbers.
    """
    if not is_number(table[name]):
        raise UncountableError(
            f"{name} is declared numeric and is of type {table[name].type()} in this window"
        )
    rows = table.select(x=as_number(table[name]), w=table[weight])
    nan, infinite = rows.x.isnan(), rows.x.isinf()
    facts = one_row(
        rows.aggregate(
            rows=rows.count(),
            nulls=rows.x.isnull().sum(),
            nans=nan.sum(),
            infinities=infinite.sum(),
        )
    )
    finite = rows.filter(rows.x.notnull() & ~nan & ~infinite)
    histogram, effective = count_bins(finite, grid_bin(finite.x, grid))
    mean, spread = moments(histogram)
    return NumericColumn(
        name=name,
        rows=facts["rows"],
        nulls=facts["nulls"] or 0,
        nans=facts["nans"] or 0,
        infinities=facts["infinities"] or 0,
        grid=grid,
        histogram=histogram,
        effective_rows=effective,
        mean=mean,
        standard_deviation=spread,
    )


def count_codes(table: IbisTable, name: str, weight: str) -> CategoricalColumn:
    """Return the categorical column `name` of `table`, counted value by value.

    The row weight stands in the column `weight`.

    Raises:
        UncountableError: It has more than `MOST_CATEGORIES` values.
    """
    rows = table.select(x=as_code(table[name]), w=table[weight])
    groups = rows.group_by("x").aggregate(**sums(rows))
    found = groups.order_by("x").limit(MOST_CATEGORIES + 2).to_pyarrow().to_pylist()
    valued = [row for row in found if row["x"] is not None]
    if len(valued) > MOST_CATEGORIES:
        raise UncountableError(
            f"{name} has more than {MOST_CATEGORIES:,} different values; declare it numeric, or"
            " leave it out if it is a key"
        )
    nulls = sum(row["rows"] for row in found if row["x"] is None)
    return CategoricalColumn(
        name=name,
        rows=nulls + sum(row["rows"] for row in valued),
        nulls=nulls,
        counts={row["x"]: row["rows"] for row in valued},
        mass={row["x"]: mass(row) for row in valued},
        effective_rows=kish(valued),
    )


def grid_bin(number: IbisValue, grid: Grid) -> IbisValue:
    """Return the bin of each number; the clamp keeps infinity, which cannot be floored, out."""
    distance = (number - grid.centre) / grid.scale
    near = ibis.greatest(ibis.least(distance, FARTHEST), -FARTHEST)
    place = (asinh(near) * grid.resolution).floor().cast("int64")
    return place * PARTS + _part(number, place, grid) if grid.heavy else place


def _part(number: IbisValue, place: IbisValue, grid: Grid) -> IbisValue:
    """Return the part of each number within its bin; 0 in bins that are not heavy."""
    low = ibis.cases(*((place == each.bin, each.low) for each in grid.heavy), else_=0.0)
    width = ibis.cases(
        *((place == each.bin, each.high - each.low) for each in grid.heavy), else_=0.0
    )
    share = ibis.ifelse(width > 0, (number - low) / width, 0.0)
    kept = ibis.greatest(ibis.least(share * PARTS, PARTS - 1), 0)
    return kept.floor().cast("int64")


def count_bins(finite: IbisTable, place: IbisValue) -> tuple[Histogram, float]:
    """Return the numbers `x` of `finite`, weighted by `w`, counted by bin, and Kish's rows."""
    rows = finite.mutate(bin=place)
    groups = rows.group_by("bin").aggregate(**sums(rows), low=rows.x.min(), high=rows.x.max())
    found = groups.order_by("bin").to_pyarrow()
    if not found.num_rows:
        return EMPTY, 0.0
    listed = found.to_pydict()
    histogram = Histogram(
        bins=np.asarray(listed["bin"], np.int64),
        counts=np.asarray(listed["rows"], np.int64),
        mass=np.asarray([float(m) / FIXED for m in listed["mass"]]),
        lows=np.asarray(listed["low"], np.float64),
        highs=np.asarray(listed["high"], np.float64),
    )
    return histogram, kish(found.select(["mass", "squares"]).to_pylist())


def sums(rows: IbisTable) -> dict[str, IbisValue]:
    """Return what is summed per group: rows, weights, squared weights, as whole numbers."""
    return {
        "rows": rows.count(),
        "mass": fixed_sum(rows.w),
        "squares": fixed_sum(rows.w * rows.w),
    }


def fixed_sum(value: IbisValue, unit: int = FIXED) -> IbisValue:
    """Return the sum of `value` in whole units of `1 / unit`: exact, so in any order the same."""
    return (value * unit).round().cast("decimal(38, 0)").sum()


def mass(row: dict[str, Any]) -> float:
    """Return the summed weight of one group."""
    return float(row["mass"]) / FIXED


def kish(rows: list[dict[str, Any]]) -> float:
    """Return Kish's effective sample size over groups: (sum w)^2 / sum w^2."""
    squares = sum(int(row["squares"]) for row in rows) / FIXED
    return (sum(int(row["mass"]) for row in rows) / FIXED) ** 2 / squares if squares else 0.0


def one_row(expression: IbisTable) -> dict[str, Any]:
    """Return the one row that `expression` makes."""
    row: dict[str, Any] = expression.to_pyarrow().to_pylist()[0]
    return row


def moments(histogram: Histogram) -> tuple[float | None, float | None]:
    """Return mean and population standard deviation; each bin stands for its middle."""
    if not histogram.rows:
        return None, None
    shares, middles = histogram.shares, histogram.middles
    mean = float(np.sum(shares * middles))
    offset: FloatArray = middles - mean
    with np.errstate(over="ignore"):
        spread = float(np.sqrt(np.sum(shares * offset * offset)))
    return (mean, spread) if np.isfinite(spread) else (mean, None)

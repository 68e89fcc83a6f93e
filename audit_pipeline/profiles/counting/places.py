"""Where numbers lie on their grids, in an engine's words."""

from collections.abc import Sequence

import ibis

from audit_pipeline.profiles.counting.exact import floored
from audit_pipeline.profiles.engine import IbisTable, IbisValue, engine_of
from audit_pipeline.profiles.histogram import FARTHEST, PARTS, Grid

NAN, INFINITE = 2**60, 2**60 + 1
"""The places of what has no bin. A null's place is null."""
ALL = 2**62
"""A number of rows that no table has."""
LARGEST = 1e300
"""Beyond it a difference of two numbers may have no double."""
SLIGHT = 1e-100
"""Nearer to the centre than so many scales, a number is there: its square has no double."""
SIZEABLE = 1e100
"""A part of a heavy bin's width so many times smaller is none, for the same reason."""
FEW_HEAVY, DENSE = 20, 1000
"""Heavy bins beyond which their parts are looked up by place, which costs the same for any number;
and bins from the first to the last of them up to which they are."""


def grid_bin(number: IbisValue, grid: Grid) -> IbisValue:
    """Return the bin of each finite number on `grid`."""
    z = _scaled(number, ibis.literal(grid.centre), ibis.literal(grid.scale))
    return _place(number, z, grid)


def on_grid(grid: Grid) -> dict[str, IbisValue]:
    """Return the columns `centre` and `scale`, by which `placed` knows where a row's bins are."""
    return {"centre": ibis.literal(float(grid.centre)), "scale": ibis.literal(float(grid.scale))}


def on_grids(grids: Sequence[Grid], which: IbisValue) -> dict[str, IbisValue]:
    """Return the same where `which` says by its place which of several grids is a row's own."""
    return {
        "centre": ibis.cases(*((which == n, float(g.centre)) for n, g in enumerate(grids))),
        "scale": ibis.cases(*((which == n, float(g.scale)) for n, g in enumerate(grids))),
    }


def placed(rows: IbisTable, heavy: Grid | None = None) -> IbisTable:
    """Add the distance `z` of each number `x` on its grid, and its `place`.

    Args:
        rows: With the columns `x`, `centre` and `scale`.
        heavy: The grid of all rows, where it has heavy bins.
    """
    apart = computed(
        rows.mutate(z=_scaled(rows.x, rows.centre, rows.scale)).drop("centre", "scale")
    )
    return computed(apart.mutate(place=_place(apart.x, apart.z, heavy or PLAIN)))


PLAIN = Grid(centre=0.0, scale=1.0)


def _scaled(x: IbisValue, centre: IbisValue, scale: IbisValue) -> IbisValue:
    """Return `(x - centre) / scale`, null where it is no number or farther than bins go.

    An engine may raise on what has no double, so it is never asked for that.
    """
    away = ibis.ifelse(x.abs() <= LARGEST, x, ibis.null("float64")) - centre
    away = ibis.ifelse(away.abs() < scale * SLIGHT, 0.0, away)
    return ibis.ifelse(away.abs() <= scale * FARTHEST, away, ibis.null("float64")) / scale


def computed(rows: IbisTable) -> IbisTable:
    """Return the same rows, each of their columns computed once.

    PostgreSQL writes an expression anew wherever its column is used, unless there is a limit.
    """
    return rows.limit(ALL) if engine_of(rows) == "postgres" else rows


def _place(x: IbisValue, z: IbisValue, grid: Grid) -> IbisValue:
    """Return the number of each value's bin, or what it is in place of a number.

    The logarithm stands here for the engine's `asinh`, whose last digits differ from engine to
    engine close to 0, where centred values lie.
    """
    size = z.abs()
    arc = (size + (size * size + 1.0).sqrt()).ln() * float(grid.resolution)
    bin_ = floored(ibis.ifelse(z < 0, -arc, arc))
    last = grid.last
    if grid.heavy:
        bin_, last = bin_ * PARTS + _part(x, bin_, grid), last * PARTS
    return ibis.cases(
        (z.notnull(), bin_),
        (x.isnull(), ibis.null("int64")),
        (x.isnan(), NAN),
        (x.isinf(), INFINITE),
        (x > 0, last),
        else_=-last,
    )


def _part(number: IbisValue, place: IbisValue, grid: Grid) -> IbisValue:
    """Return the part of each number within its bin; 0 in bins that are not heavy."""
    first, last = grid.heavy[0].bin, grid.heavy[-1].bin
    if len(grid.heavy) > FEW_HEAVY and last - first < DENSE:
        low, width = _looked_up(place, grid)
        share = _share(number - low, width)
    else:
        # the place is a long expression: each bin names it once, and its own ends as numbers
        bins = ((place == b.bin, _share(number - b.low, b.high - b.low)) for b in grid.heavy)
        share = ibis.cases(*bins, else_=0.0)
    return floored(ibis.least(share * PARTS, PARTS - 1))


def _share(away: IbisValue, width: IbisValue | float) -> IbisValue:
    """Return which share of a bin's width lies below what is so far `away` from its low end."""
    # what the baseline had not may be at an end of a bin of next to no width
    return ibis.cases(
        (away <= 0, 0.0),
        (away >= width, ibis.ifelse(width > 0, 1.0, 0.0)),
        (away * SIZEABLE > width, away / width),
        else_=0.0,
    )


def _looked_up(place: IbisValue, grid: Grid) -> tuple[IbisValue, IbisValue]:
    """Return the low end and the width of the heavy bin at `place`; 0 wide where it is none."""
    first, size = grid.heavy[0].bin, grid.heavy[-1].bin - grid.heavy[0].bin + 1
    lows, widths = [0.0] * size, [0.0] * size
    for each in grid.heavy:
        lows[each.bin - first], widths[each.bin - first] = each.low, each.high - each.low
    within = (place >= first) & (place < first + size)
    at = ibis.ifelse(within, place - first, 0).cast("int32")  # Spark wants no longer one
    width = ibis.ifelse(within, ibis.literal(widths, "array<float64>")[at], 0.0)
    return ibis.literal(lows, "array<float64>")[at], width

"""Where numbers lie on their grids, in an engine's words."""

from collections.abc import Callable, Mapping

import ibis

from audit_pipeline.profiles.engine import IbisTable, IbisValue
from audit_pipeline.profiles.exact import floored
from audit_pipeline.profiles.histogram import FARTHEST, PARTS, Grid

NAN, INFINITE = 2**60, 2**60 + 1
"""The places of what has no bin. A null's place is null."""
ALL = 2**62
"""A number of rows that no table has."""
LARGEST = 1e300
"""Beyond it a difference of two numbers may have no double."""
SLIGHT = 1e-100
"""Nearer to the centre than so many scales, a number is there: its square has no double."""
PLAIN = Grid(centre=0.0, scale=1.0)
Distance = Callable[[IbisValue], IbisValue]


def grid_bin(number: IbisValue, grid: Grid) -> IbisValue:
    """Return the bin of each finite number on `grid`."""
    return _place(number, distance(grid)(number), grid)


def distance(grid: Grid) -> Distance:
    """Return what tells how far numbers are from the centre of `grid`, in its scales."""
    return lambda x: _scaled(x, ibis.literal(grid.centre), ibis.literal(grid.scale))


def distances(grids: Mapping[str, Grid], pick: Mapping[str, IbisValue]) -> Distance:
    """Return the same of several grids, each for the rows that `pick` says are its own."""
    centre = ibis.cases(*((pick[n], float(g.centre)) for n, g in grids.items()))
    scale = ibis.cases(*((pick[n], float(g.scale)) for n, g in grids.items()))
    return lambda x: _scaled(x, centre, scale)


def _scaled(x: IbisValue, centre: IbisValue, scale: IbisValue) -> IbisValue:
    """Return `(x - centre) / scale`, null where it is no number or farther than bins go.

    An engine may raise on what has no double, so it is never asked for that.
    """
    away = ibis.ifelse(x.abs() <= LARGEST, x, ibis.null("float64")) - centre
    away = ibis.ifelse(away.abs() < scale * SLIGHT, 0.0, away)
    return ibis.ifelse(away.abs() <= scale * FARTHEST, away, ibis.null("float64")) / scale


def placed(rows: IbisTable, far: Distance, grid: Grid | None) -> IbisTable:
    """Add the distance `z` of each number `x`, and its `place` on a grid, if not a plain one."""
    apart = computed(rows.mutate(z=far(rows.x)))
    return computed(apart.mutate(place=_place(apart.x, apart.z, grid)))


def computed(rows: IbisTable) -> IbisTable:
    """Return the same rows, each of their columns computed once.

    PostgreSQL writes an expression anew wherever its column is used, unless there is a limit.
    """
    return rows.limit(ALL) if rows.get_backend().name == "postgres" else rows


def _place(x: IbisValue, z: IbisValue, grid: Grid | None) -> IbisValue:
    """Return the number of each value's bin, or what it is in place of a number.

    The logarithm stands here for the engine's `asinh`, whose last digits differ from engine to
    engine close to 0, where centred values lie.
    """
    grid = grid or PLAIN
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
    low = ibis.cases(*((place == each.bin, each.low) for each in grid.heavy), else_=0.0)
    width = ibis.cases(
        *((place == each.bin, each.high - each.low) for each in grid.heavy), else_=1.0
    )
    heavy = place.isin([each.bin for each in grid.heavy])
    share = ibis.ifelse(heavy, (number - low) / width, 0.0)
    return floored(ibis.greatest(ibis.least(share * PARTS, PARTS - 1), 0.0))

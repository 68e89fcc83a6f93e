"""Count columns of numbers on their grids: bins, what is no number, and exact sums, in one pass."""

from collections.abc import Mapping, Sequence

import ibis
import numpy as np
import pyarrow as pa

from audit_pipeline.profiles.counting.asked import ask
from audit_pipeline.profiles.counting.exact import exact_sum, far_sums, joined, weighed
from audit_pipeline.profiles.counting.places import INFINITE, NAN, on_grid, on_grids, placed
from audit_pipeline.profiles.engine import IbisTable, IbisValue, as_number
from audit_pipeline.profiles.histogram import EMPTY, PARTS, Grid, Histogram
from audit_pipeline.profiles.moments import kish_rows, mean_and_deviation
from audit_pipeline.profiles.profile import UNIT, ExactSums, NumericColumn

FARTHEST_SUMMED = 2.0**20
"""Distance up to which values are summed; a square in units of 1 / UNIT then has 60 bits."""


def count_apart(table: IbisTable, name: str, grid: Grid, weight: str | None) -> NumericColumn:
    """Return one column, counted in a query of its own: of a store of columns, one reads no other.

    Args:
        table: The rows.
        name: The column.
        grid: Where its bins are.
        weight: The column of row weights; None where each row counts once.
    """
    kept = {"x": as_number(table[name]), **on_grid(grid)}
    rows = table.select(**kept, **({"w": table[weight]} if weight else {}))
    if grid.heavy:
        return _column(name, grid, _counted(placed(rows, grid), []).to_pyarrow())
    return _column(name, grid, ask(rows, _counted_plainly))


def _counted_plainly(rows: IbisTable) -> IbisTable:
    return _counted(placed(rows), [])


def count_together(
    table: IbisTable, grids: Mapping[str, Grid], weight: str | None
) -> dict[str, NumericColumn]:
    """Return several columns, counted in one scan: a store of rows reads all of each row anyway.

    Each row becomes one row per column. Columns with heavy bins are counted apart.
    """
    plain = [name for name, grid in grids.items() if not grid.heavy]
    found = {n: count_apart(table, n, g, weight) for n, g in grids.items() if g.heavy}
    if plain:
        long = unpivoted(table, {n: as_number(table[n]) for n in plain}, weight)
        rows = placed(long.mutate(**on_grids([grids[n] for n in plain], long.k)))
        cells = _counted(rows, ["k"]).to_pyarrow()
        for place, name in enumerate(plain):
            own = cells.filter(pa.compute.equal(cells["k"], place))
            found[name] = _column(name, grids[name], own)
    return {name: found[name] for name in grids}


def unpivoted(table: IbisTable, values: Mapping[str, IbisValue], weight: str | None) -> IbisTable:
    """Return the table's rows once per value: its place among them as `k`, itself as `x`."""
    listed = {"x": ibis.array(list(values.values()))} | ({"w": table[weight]} if weight else {})
    return table.select(**listed).unnest("x", offset="k")


def _counted(rows: IbisTable, keys: Sequence[str]) -> IbisTable:
    """Return counts, extremes and exact sums by place."""
    z = ibis.ifelse(rows.z.abs() <= FARTHEST_SUMMED, rows.z, ibis.null("float64"))
    w = rows.w if "w" in rows.columns else None
    first, second = (z, z * z) if w is None else (w * z, w * z * z)
    summed = rows.mutate(first=first, second=second)
    second_of = {"second": exact_sum(summed.second, UNIT)}
    if w is not None:
        second_of = far_sums("second", summed.second, UNIT)
    return (
        summed.group_by([*keys, "place"])
        .aggregate(
            **weighed(summed),
            low=summed.x.min(),
            high=summed.x.max(),
            first=exact_sum(summed.first, UNIT),
            **second_of,
        )
        .order_by([*keys, "place"])
    )


def _column(name: str, grid: Grid, cells: pa.Table) -> NumericColumn:
    place = cells["place"].to_numpy(zero_copy_only=False).astype(np.float64)
    rows = cells["rows"].to_numpy()
    known = ~np.isnan(place)
    beyond = known & (place >= float(NAN))
    inside = pa.array(known & ~beyond)
    counted = cells.filter(inside)
    sums = _sums(counted, grid)
    histogram = _histogram(counted)
    mean, deviation = mean_and_deviation(sums, grid, histogram)
    return NumericColumn(
        name=name,
        rows=int(rows.sum()),
        nulls=int(rows[~known].sum()),
        nans=_rows_at(cells, NAN),
        infinities=_rows_at(cells, INFINITE),
        grid=grid,
        histogram=histogram,
        effective_rows=kish_rows(sums.weight, sums.weight_squares),
        mean=mean,
        standard_deviation=deviation,
        sums=sums,
    )


def _rows_at(cells: pa.Table, place: int) -> int:
    found = cells.filter(pa.compute.equal(cells["place"], place))["rows"].to_pylist()
    return sum(found)


def _histogram(cells: pa.Table) -> Histogram:
    if not cells.num_rows:
        return EMPTY
    counts = cells["rows"].to_numpy()
    weighted = "mass" in cells.column_names
    mass = [int(m) / UNIT for m in cells["mass"].to_pylist()] if weighted else counts
    return Histogram(
        bins=cells["place"].to_numpy().astype(np.int64),
        counts=counts.astype(np.int64),
        mass=np.asarray(mass, np.float64),
        lows=cells["low"].to_numpy(),
        highs=cells["high"].to_numpy(),
    )


def _sums(cells: pa.Table, grid: Grid) -> ExactSums:
    rows = int(cells["rows"].to_numpy().sum()) * UNIT
    weighted = "mass" in cells.column_names
    near = floored_bin(FARTHEST_SUMMED, grid)
    bins = cells["place"].to_numpy()
    complete = not cells.num_rows or bool(np.all((bins < near) & (bins >= -near)))
    return ExactSums(
        weight=_total(cells["mass"]) if weighted else rows,
        weight_squares=_total(cells["squares"]) if weighted else rows,
        first=_total(cells["first"]) if complete else None,
        second=_second(cells) if complete else None,
    )


def _second(cells: pa.Table) -> int:
    low = _total(cells["second"])
    in_parts = "second_high" in cells.column_names
    return joined(low, _total(cells["second_high"])) if in_parts else low


def floored_bin(distance: float, grid: Grid) -> int:
    """Return the bin that a value so far from the centre, in scales, falls into."""
    bin_ = int(np.floor(np.arcsinh(distance) * grid.resolution))
    return bin_ * PARTS if grid.heavy else bin_


def _total(column: pa.ChunkedArray) -> int:
    total = pa.compute.sum(column).as_py()
    return int(total or 0)

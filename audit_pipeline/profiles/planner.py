"""Look at a baseline and decide how its columns are to be counted."""

from collections.abc import Sequence
from dataclasses import replace

import ibis
import numpy as np
import pyarrow as pa

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.columns import Kind
from audit_pipeline.profiles.counting.errors import residual
from audit_pipeline.profiles.counting.places import SLIGHT
from audit_pipeline.profiles.counting.roles import role_rows
from audit_pipeline.profiles.engine import (
    IbisTable,
    as_code,
    as_number,
    is_number,
    md5,
    narrowed,
    one_row,
)
from audit_pipeline.profiles.histogram import FARTHEST, FloatArray, Grid, HeavyBin
from audit_pipeline.profiles.plan import ColumnPlan, counted_columns

FEW = 50
"""Integer columns with fewer values than this are codes, unless declared numeric."""
HEAVY = 0.005
"""Share of the baseline from which a bin is refined: it could blur a distribution by that much,
half of the tenth that a bound may have of a customary limit of 0.1."""
FEWEST_HEAVY = 20
"""A bin of fewer rows is not refined: so few blur nothing that they could tell for sure."""
MOST_HEAVY = 100
LOOKED_AT = 50_000
"""Rows by which a grid is laid: about so many, those whose id has a low hash. Any sensible centre
and scale will do; what is counted on the grid are all rows."""
MOST_HASHED = 20
"""Columns that are hashed with an id that hardly tells rows apart."""
NORMAL_IQR = 1.349
"""Interquartile range of a normal distribution, in standard deviations."""


def plan_columns(table: IbisTable, audit: Audit) -> ColumnPlan:
    """Return how the columns of a baseline are to be counted; the same on every engine."""
    present = {n: k for n, k in counted_columns(audit).items() if n in table.columns}
    kinds: dict[str, Kind] = {}
    grids: dict[str, Grid] = {}
    drawn = _drawn(table, audit.columns.id, list(present))
    for part, names in narrowed(drawn, present):
        look = _looked_at(part, names)
        kinds |= {n: present[n] or _kind(table, n, look) for n in names}
        numeric = [n for n in names if kinds[n] == "numeric" and is_number(part[n])]
        grids |= {n: grid_of(look[n].to_numpy(zero_copy_only=False)) for n in numeric}
    return ColumnPlan(kinds=kinds, grids=grids, residuals=_residual_grid(drawn, audit))


def _residual_grid(drawn: IbisTable, audit: Audit) -> Grid | None:
    rows = role_rows(drawn, audit, None)
    if audit.task != "regression" or not {"target", "prediction"} <= set(rows.columns):
        return None
    if not all(rows[name].type().is_numeric() for name in ("target", "prediction")):
        return None
    values = rows.select(x=residual(rows)).to_pyarrow()["x"].drop_null().to_numpy()
    return grid_of(values) if len(values) else None


def _drawn(table: IbisTable, key: str, names: Sequence[str]) -> IbisTable:
    """Return the rows to be looked at: of a large table those whose id has a low hash.

    Where ids are missing, or a few are everybody's, what else is in a row counts with them.
    """
    rows = one_row(table.aggregate(rows=table.count()))["rows"]
    head = table.limit(LOOKED_AT)
    if rows <= LOOKED_AT or key not in table.columns:
        return head
    ids = one_row(head.aggregate(ids=head[key].nunique()))["ids"]
    apart = ids > LOOKED_AT / 2
    hashed = [key] if apart else [key, *names[:MOST_HASHED]]
    text = ibis.literal("").concat(*(as_code(table[name]).fill_null("") for name in hashed))
    first = f"{int(16**8 * LOOKED_AT / rows):08x}"
    drawn = table.filter(md5(text).substr(0, 8) < first)
    if apart or LOOKED_AT / 2 < one_row(drawn.aggregate(rows=drawn.count()))["rows"] < rows:
        return drawn
    return head


def _looked_at(drawn: IbisTable, names: list[str]) -> pa.Table:
    values = [as_number(drawn[n]).name(n) for n in names if is_number(drawn[n])]
    return drawn.select(values).to_pyarrow() if values else pa.table({})


def _kind(table: IbisTable, name: str, look: pa.Table) -> Kind:
    kind = table[name].type()
    if kind.is_floating() or kind.is_decimal():
        return "numeric"
    if not kind.is_integer():
        return "categorical"
    if pa.compute.count_distinct(look[name], mode="only_valid").as_py() >= FEW:
        return "numeric"
    few = table.select(x=table[name]).distinct().limit(FEW + 1).to_pyarrow()["x"].drop_null()
    return "categorical" if len(few) < FEW else "numeric"


def grid_of(values: FloatArray) -> Grid:
    """Return a grid by median and interquartile range; by standard deviation where that is 0."""
    with np.errstate(invalid="ignore"):
        finite = np.sort(values[np.abs(values) < FARTHEST])  # its square is a number
    if not len(finite):
        return Grid(centre=0.0, scale=1.0)
    low, middle, high = np.quantile(finite, (0.25, 0.5, 0.75)).tolist()
    scale = (high - low) / NORMAL_IQR or float(np.std(finite)) or 1.0
    grid = Grid(centre=middle, scale=float(f"{max(scale, 1 / FARTHEST):.6g}"))
    return replace(grid, heavy=heavy_bins(finite, grid))


def heavy_bins(ascending: FloatArray, grid: Grid) -> tuple[HeavyBin, ...]:
    """Return the bins to be refined: those of several values that hold a large share of rows."""
    away = ascending - grid.centre
    away = np.where(np.abs(away) < grid.scale * SLIGHT, 0.0, away) / grid.scale  # as `placed` does
    places = np.floor(np.arcsinh(away) * grid.resolution).astype(np.int64)
    bins, first, counts = np.unique(places, return_index=True, return_counts=True)
    lows, highs = ascending[first], ascending[first + counts - 1]
    fewest = max(HEAVY * len(ascending), FEWEST_HEAVY)
    wide = np.flatnonzero((counts >= fewest) & (highs > lows))
    heaviest = wide[np.argsort(-counts[wide], kind="stable")][:MOST_HEAVY]
    listed = zip(
        bins[heaviest].tolist(), lows[heaviest].tolist(), highs[heaviest].tolist(), strict=True
    )
    return tuple(HeavyBin(bin=b, low=low, high=high) for b, low, high in sorted(listed))

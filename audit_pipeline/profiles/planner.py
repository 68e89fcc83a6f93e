"""Look at a baseline and decide how its columns are to be counted."""

from dataclasses import replace

import numpy as np

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.columns import Kind
from audit_pipeline.profiles.columns import count_bins, grid_bin
from audit_pipeline.profiles.engine import IbisTable, as_number, is_number, narrowed
from audit_pipeline.profiles.histogram import Grid, HeavyBin, Histogram
from audit_pipeline.profiles.plan import ColumnPlan, counted_columns

FEW = 50
"""Integer columns with fewer values than this are codes, unless declared numeric."""
HEAVY = 0.002
"""Share of the baseline from which a bin is refined: it would blur a distribution by that much."""
MOST_HEAVY = 100
NORMAL_IQR = 1.349
"""Interquartile range of a normal distribution, in standard deviations."""


def plan_columns(table: IbisTable, audit: Audit) -> ColumnPlan:
    """Return how the columns of a baseline are to be counted."""
    present = {n: k for n, k in counted_columns(audit).items() if n in table.columns}
    kinds: dict[str, Kind] = {}
    grids: dict[str, Grid] = {}
    for part, names in narrowed(table, present):
        kinds |= {n: present[n] or _kind(part, n) for n in names}
        numeric = [n for n in names if kinds[n] == "numeric" and is_number(part[n])]
        grids |= {n: _grid(part, n) for n in numeric}
    return ColumnPlan(kinds=kinds, grids=grids)


def _kind(table: IbisTable, name: str) -> Kind:
    kind = table[name].type()
    if kind.is_floating() or kind.is_decimal():
        return "numeric"
    if not kind.is_integer():
        return "categorical"
    return "categorical" if table[name].nunique().execute() < FEW else "numeric"


def _grid(table: IbisTable, name: str) -> Grid:
    """Return a grid by median and interquartile range; by standard deviation where that is 0."""
    number = as_number(table[name])
    finite = table.select(x=number).filter(
        lambda t: t.x.notnull() & ~t.x.isnan() & ~t.x.isinf() & (t.x.abs() < 1e150)  # noqa: PLR2004 (its square is finite)
    )
    found = finite.aggregate(
        low=finite.x.quantile(0.25),
        middle=finite.x.quantile(0.5),
        high=finite.x.quantile(0.75),
        spread=finite.x.std(how="pop"),
    ).to_pyarrow()
    row = found.to_pylist()[0]
    if row["middle"] is None:
        return Grid(centre=0.0, scale=1.0)
    scale = (row["high"] - row["low"]) / NORMAL_IQR or row["spread"] or 1.0
    grid = Grid(centre=float(row["middle"]), scale=float(f"{scale:.6g}"))
    histogram, _ = count_bins(finite.mutate(w=1.0), grid_bin(finite.x, grid))
    return replace(grid, heavy=heavy_bins(histogram))


def heavy_bins(histogram: Histogram) -> tuple[HeavyBin, ...]:
    """Return the bins to be refined: those of several values that hold a large share of rows."""
    wide = np.flatnonzero((histogram.shares >= HEAVY) & (histogram.widths > 0))
    heaviest = wide[np.argsort(-histogram.counts[wide], kind="stable")][:MOST_HEAVY]
    listed = zip(
        histogram.bins[heaviest].tolist(),
        histogram.lows[heaviest].tolist(),
        histogram.highs[heaviest].tolist(),
        strict=True,
    )
    return tuple(HeavyBin(bin=b, low=low, high=high) for b, low, high in sorted(listed))

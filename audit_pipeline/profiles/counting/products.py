"""Sums of products of numeric columns, from which covariances and correlations follow, exactly.

Every value becomes a whole number on its column's grid, so sums do not depend on any order. DuckDB
hands its rows over in batches, for matrix products: a query of hundreds of sums takes four times
as long. Other engines are asked for the sums, and no row leaves them.
"""

from collections.abc import Mapping
from typing import Any

import ibis

from audit_pipeline.profiles.counting.exact import NARROW, WHOLE, floored
from audit_pipeline.profiles.counting.matrix_products import Totals, add_batches
from audit_pipeline.profiles.counting.places import computed
from audit_pipeline.profiles.counts import FARTHEST_PRODUCT, MOST_COLUMNS, PRODUCT_UNIT, Products
from audit_pipeline.profiles.engine import IbisTable, IbisValue, as_number
from audit_pipeline.profiles.histogram import Grid
from audit_pipeline.profiles.profile import Column, NumericColumn

LARGEST = 1e290
"""A grid whose values may lie beyond it is left out: differences might have no double."""
SLIGHT = 1e-30
"""A distance of fewer scales is none: PostgreSQL would raise where a quotient has no double."""
HALF = 31
"""Bits of the lower part of a product, where sums are of 64 bits: of up to 2^32 rows."""

Grids = Mapping[str, Grid]


def product_grids(columns: Mapping[str, Column]) -> tuple[dict[str, Grid], str | None]:
    """Return the grids of the columns whose products are to be summed, and why there are no more.

    They are the first `MOST_COLUMNS` numeric ones, in the order of the audit.
    """
    numeric = {n: c.grid for n, c in columns.items() if isinstance(c, NumericColumn)}
    able = {n: g for n, g in numeric.items() if _within(g)}
    kept = dict(list(able.items())[:MOST_COLUMNS])
    if len(kept) == len(numeric):
        return kept, None
    return kept, (
        f"correlations are of {len(kept)} of the {len(numeric)} numeric columns: of the first"
        f" {MOST_COLUMNS}, and of none with values near the end of what a double holds"
    )


def _within(grid: Grid) -> bool:
    return abs(grid.centre) + 2 * FARTHEST_PRODUCT * grid.scale < LARGEST


def count_products(table: IbisTable, grids: Grids) -> Products | None:
    """Return the sums of products of the columns of `grids`, None where there are none.

    Args:
        table: The rows, each of which counts once.
        grids: Of the columns, as `product_grids` gives them.
    """
    if not grids:
        return None
    backend = table.get_backend()
    if backend.name == "duckdb":
        numbers = table.select(**{f"c{i}": as_number(table[n]) for i, n in enumerate(grids)})
        totals = add_batches(backend.con.sql(backend.compile(numbers)), list(grids.values()))
    else:
        totals = sum_in_engine(table, grids)
    return Products(
        names=tuple(grids),
        **{name: tuple(map(tuple, rows)) for name, rows in totals.items()},
    )


def sum_in_engine(table: IbisTable, grids: Grids) -> Totals:
    """Return the sums of products as the engine adds them up, in one query.

    Each row becomes one row per column, over which all columns are summed: a query of a sum for
    each pair would be of more sums than an engine takes, or compiles. What is summed of a column
    over the rows where another counts is its whole sum less that over the rows where the other is
    missing, which are few as a rule.
    """
    names = [f"c{i}" for i in range(len(grids))]
    whole = {c: _whole(table[n], g) for c, (n, g) in zip(names, grids.items(), strict=True)}
    rows = computed(table.select(**whole))
    long = rows.mutate(x=ibis.array([rows[name] for name in names])).unnest("x", offset="k")
    found = long.group_by("k").aggregate(**_asked(long, names)).to_pyarrow().to_pylist()
    by_place = {cells["k"]: cells for cells in found}
    size = range(len(names))

    def table_of(what: str) -> list[list[int]]:
        """Return, for columns i and j, what of i was summed over the rows of j."""
        return [[_joined(by_place.get(j, {}), f"{what}_{i}") for j in size] for i in size]

    def counting(total: list[int], lost: list[list[int]]) -> list[list[int]]:
        """Return, for columns i and j, what of i comes to over the rows where j counts."""
        return [[total[i] - lost[i][j] for j in size] for i in size]

    own = {w: [_joined(by_place.get(i, {}), w) for i in size] for w in ("counts", "sums")}
    products = table_of("products")
    own["squares"] = [products[i][i] for i in size]
    return {what: counting(total, table_of(what)) for what, total in own.items()} | {
        "products": products
    }


def _whole(column: IbisValue, grid: Grid) -> IbisValue:
    """Return `round(PRODUCT_UNIT * z)` as an integer, null where a value does not count."""
    number, reach = as_number(column), 2 * FARTHEST_PRODUCT * grid.scale
    near = (number >= grid.centre - reach) & (number <= grid.centre + reach) & ~number.isnan()
    away = ibis.ifelse(near, number, grid.centre) - grid.centre
    z = ibis.ifelse(away.abs() < SLIGHT * grid.scale, 0.0, away) / grid.scale
    counts = near & (z.abs() <= FARTHEST_PRODUCT)
    return ibis.ifelse(counts, floored(z * PRODUCT_UNIT + 0.5), ibis.null("int64"))


def _asked(long: IbisTable, names: list[str]) -> dict[str, IbisValue]:
    """Return what is summed over the rows of the column whose value is `x`.

    Of `x` itself that is over all of them, and so are the products; of each other column it is
    over those where `x` does not count.
    """
    asked = {"counts": long.x.count(), "sums": long.x.sum().cast(WHOLE)}
    lost = long.x.isnull()
    for i, name in enumerate(names):
        value = long[name]  # null where it does not count, and then it adds nothing
        asked |= {
            f"counts_{i}": value.count(where=lost),
            f"sums_{i}": value.sum(where=lost).cast(WHOLE),
        }
        asked |= _split(f"products_{i}", long.x * value)
        asked |= _split(f"squares_{i}", value * value, lost)
    return asked


def _split(name: str, value: IbisValue, where: IbisValue | None = None) -> dict[str, IbisValue]:
    """Return the sum of integers of 61 bits, on an engine with sums of 64 bits as that of halves.

    Its decimals of 38 digits take ten times as long.
    """
    if value.get_backend().name != NARROW:
        return {name: value.sum(where=where).cast(WHOLE)}
    return {
        f"{name}_high": (value >> HALF).sum(where=where),
        f"{name}_low": (value & (2**HALF - 1)).sum(where=where),
    }


def _joined(cells: Mapping[str, Any], name: str) -> int:
    if f"{name}_high" in cells:
        return ((cells[f"{name}_high"] or 0) << HALF) + (cells[f"{name}_low"] or 0)
    return int(cells.get(name) or 0)

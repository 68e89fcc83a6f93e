"""Count the columns of a table, in as few scans as the engine that holds it allows."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from audit_pipeline.audits.audit import Audit
from audit_pipeline.profiles.codes import UncountableError, codes_apart, codes_together
from audit_pipeline.profiles.engine import IbisTable, IbisValue, is_number, narrowed
from audit_pipeline.profiles.histogram import EMPTY, Histogram
from audit_pipeline.profiles.numbers import count_apart, count_together
from audit_pipeline.profiles.plan import ColumnPlan, counted_columns
from audit_pipeline.profiles.profile import UNIT, Column

FIXED = UNIT
SCANS_ONCE = {"pyspark"}
"""Engines that count columns together, in one scan. DuckDB reads of a column store only what is
asked for. PostgreSQL reads whole rows for each column, and yet takes half the time that it takes
to turn each row into one row per column (1,000,000 rows, 20 columns: 15 s against 42 s)."""
AT_ONCE = 50
"""Columns that one scan counts: more would make each row into more rows than a sort can hold."""

Counted = tuple[dict[str, Column], dict[str, str]]


def count_columns(table: IbisTable, audit: Audit, plan: ColumnPlan, weight: str | None) -> Counted:
    """Return the counted columns of `table`, and why others could not be counted.

    Args:
        table: The rows.
        audit: Says which columns count.
        plan: How they are counted.
        weight: The column of row weights; None where each row counts once.
    """
    names, unreadable = list(counted_columns(audit)), dict[str, str]()
    there = list[str]()
    for name in names:
        why = _uncountable(table, name, plan)
        if why is None:
            there.append(name)
        else:
            unreadable[name] = why
    together = table.get_backend().name in SCANS_ONCE
    found = dict((_together if together else _apart)(table, there, plan, weight))
    unreadable |= {n: str(c) for n, c in found.items() if isinstance(c, UncountableError)}
    columns = {n: c for n in names if not isinstance(c := found.get(n), UncountableError | None)}
    return columns, {n: unreadable[n] for n in names if n in unreadable}


def _uncountable(table: IbisTable, name: str, plan: ColumnPlan) -> str | None:
    if name not in table.columns:
        return f"the column {name} is missing from this window"
    if name not in plan.kinds:
        return f"the column {name} is missing from the baseline"
    if plan.kinds[name] == "categorical":
        return None
    if name not in plan.grids:
        return f"{name} is declared numeric and held no numbers in the baseline"
    if not is_number(table[name]):
        return f"{name} is declared numeric and is of type {table[name].type()} in this window"
    return None


Found = Iterator[tuple[str, Column | UncountableError]]


def _apart(table: IbisTable, names: list[str], plan: ColumnPlan, weight: str | None) -> Found:
    for part, some in narrowed(table, names, [weight] if weight else []):
        for name in some:
            try:
                if plan.kinds[name] == "numeric":
                    yield name, count_apart(part, name, plan.grids[name], weight)
                else:
                    yield name, codes_apart(part, name, weight, plan.kept.get(name))
            except UncountableError as error:
                yield name, error


def _together(table: IbisTable, names: list[str], plan: ColumnPlan, weight: str | None) -> Found:
    for some in _some([n for n in names if plan.kinds[n] == "numeric"]):
        yield from count_together(table, {n: plan.grids[n] for n in some}, weight).items()
    for some in _some([n for n in names if plan.kinds[n] != "numeric"]):
        yield from codes_together(table, some, weight, plan.kept).items()


def _some(names: list[str]) -> Iterator[list[str]]:
    for first in range(0, len(names), AT_ONCE):
        yield names[first : first + AT_ONCE]


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
    return (value * unit + 0.5).floor().cast("decimal(38, 0)").sum()


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

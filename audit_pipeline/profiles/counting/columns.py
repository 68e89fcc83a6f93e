"""Count the columns of a table, in as few scans as the engine that holds it allows."""

from collections.abc import Iterator

from audit_pipeline.audits.audit import Audit
from audit_pipeline.profiles.counting.codes import UncountableError, codes_apart, codes_together
from audit_pipeline.profiles.counting.numbers import count_apart, count_together
from audit_pipeline.profiles.engine import IbisTable, is_number, narrowed
from audit_pipeline.profiles.plan import ColumnPlan, counted_columns
from audit_pipeline.profiles.profile import Column

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

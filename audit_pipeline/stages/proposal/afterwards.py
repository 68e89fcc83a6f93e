"""Columns that are filled in once the outcome is known: by where they have a value at all."""

from collections.abc import Collection, Mapping

from audit_pipeline.profiles.engine import IbisTable, IbisValue, narrowed, one_row
from audit_pipeline.stages.proposal.facts import ColumnFacts, Value
from audit_pipeline.stages.proposal.roles import whole
from audit_pipeline.stages.proposal.separation import positive_of

TELLS = 0.5
"""How much likelier the outcome must be where a column has a value than where it has none."""
LEAST = 30
"""Rows with a value, and without one, below which it may be chance."""


def filled_in_afterwards(
    table: IbisTable,
    facts: Mapping[str, ColumnFacts],
    names: Collection[str],
    target: tuple[str, Value],
) -> dict[str, str]:
    """Return the columns whose having a value tells the outcome, each with which outcome.

    The date of a second arrest stands where there was one. Values that are missing for some other
    reason seldom make an outcome likelier, or less likely, by half.

    Args:
        table: Rows with outcomes.
        facts: What is known of the columns.
        names: The columns to look at.
        target: The column of outcomes, and its positive value.
    """
    column, positive = target
    some = [
        name
        for name in names
        if name in table.columns and LEAST <= facts[name].missing <= facts[name].rows - LEAST
    ]
    if not some or column not in table.columns:
        return {}
    told = {}
    for part, few in narrowed(table, some, [column]):
        positives = positive_of(part, column, positive).cast("float64")
        for name, (there, absent) in _rates(part, positives, few).items():
            if there is not None and absent is not None and abs(there - absent) >= TELLS:
                mostly = "is" if there > absent else "is not"
                told[name] = f"it has a value mostly where {column} {mostly} {whole(positive)}"
    return told


def _rates(
    rows: IbisTable, positives: IbisValue, names: Collection[str]
) -> dict[str, tuple[float | None, float | None]]:
    """Return the share of positives where each column has a value, and where it has none."""
    asked = {}
    for number, name in enumerate(names):
        there = rows[name].notnull()
        asked[f"with_{number}"] = positives.mean(where=there)
        asked[f"without_{number}"] = positives.mean(where=~there)
    found = one_row(rows.aggregate(**asked))
    return {n: (found[f"with_{k}"], found[f"without_{k}"]) for k, n in enumerate(names)}

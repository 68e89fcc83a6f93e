"""Whether two data sets share rows: a baseline of training data, or of the rows audited."""

from collections.abc import Sequence
from dataclasses import dataclass

from audit_pipeline.profiles.engine import IbisTable, as_code, one_row

MUCH, MOST = 0.01, 0.5
"""Share in common from which it is said: of ids, and of rows by their content, for two people of
the same age and schooling are not one."""
LEAST_COLUMNS, MOST_COLUMNS = 4, 50
"""Rows that are equal in fewer columns may be equal by chance; in more, they need not be looked at:
texts of thousands of columns do not fit into memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """The share of a baseline's rows that stand in another table too, by id and by content."""

    by_id: float
    by_content: float | None

    @property
    def much(self) -> bool:
        """Whether it is more than a few rows."""
        return self.by_id > MUCH or (self.by_content or 0.0) > MOST

    @property
    def said(self) -> str:
        """How much there is in common, in words."""
        if self.by_id > MUCH:
            return f"{self.by_id:.0%} of the baseline's ids"
        return f"{self.by_content or 0:.0%} of the baseline's rows, whatever their ids,"


def overlap_of(baseline: IbisTable, other: IbisTable, key: str, columns: Sequence[str]) -> Overlap:
    """Return how many of the baseline's rows another table has.

    Args:
        baseline: The baseline's rows.
        other: The other table.
        key: The id column; compared as text.
        columns: The features, by which rows are equal whatever their ids.
    """
    by_id = _share(baseline, other, [key]) if _both(baseline, other, [key]) else 0.0
    same = [name for name in columns if _both(baseline, other, [name])]
    by_content = (
        _by_content(baseline, other, same[:MOST_COLUMNS]) if len(same) >= LEAST_COLUMNS else None
    )
    return Overlap(by_id=by_id, by_content=by_content)


def _by_content(first: IbisTable, second: IbisTable, names: Sequence[str]) -> float | None:
    """Return how many of the rows that are one of a kind are in both; None if few are."""
    rows = _texts(first, names)
    once = rows.group_by(list(names)).having(rows.count() == 1).aggregate(n=rows.count())
    found = one_row(rows.aggregate(n=rows.count()))["n"]
    single = one_row(once.aggregate(n=once.count()))["n"]
    return _share(once, second, names) if single > found / 2 else None


def _both(first: IbisTable, second: IbisTable, names: Sequence[str]) -> bool:
    return all(name in first.columns and name in second.columns for name in names)


def _share(first: IbisTable, second: IbisTable, names: Sequence[str]) -> float:
    left, right = _texts(first, names), _texts(second, names).distinct()
    rows = one_row(left.aggregate(n=left.count()))["n"]
    common = left.semi_join(right, names)
    return one_row(common.aggregate(n=common.count()))["n"] / rows if rows else 0.0


def _texts(table: IbisTable, names: Sequence[str]) -> IbisTable:
    return table.select([as_code(table[name]).fill_null("").name(name) for name in names])

"""How well one column alone tells who is positive: what is too good to be true is leakage."""

import ibis
import numpy as np

from audit_pipeline.profiles.engine import (
    IbisTable,
    IbisValue,
    as_code,
    as_number,
    is_number,
    one_row,
)
from audit_pipeline.stages.proposal.facts import ColumnFacts

MOST_ROWS = 200_000
"""Rows that are looked at: a suspicion needs no more."""
MOST_CODES = 200
"""Codes beyond which a category's own rate is chance."""
SUSPICIOUS = 0.97
TOO_LIKE = 0.999
"""Correlation from which a column is the target in another unit."""


def auc(table: IbisTable, name: str, positive: IbisValue, facts: ColumnFacts) -> float | None:
    """Return the area under the ROC curve of one column alone, from 0.5 to 1.

    It is the better of what its values and what their absence tell. None where it cannot be said:
    one class only, or too many codes.

    Args:
        table: The rows.
        name: The column.
        positive: Whether a row is positive; rows where it is null are left out.
        facts: What is known of the column.
    """
    rows = table.select(v=table[name], p=positive.cast("int64"))
    rows = rows.filter(rows.p.notnull()).limit(MOST_ROWS)
    told: list[float | None] = []
    if facts.missing:
        told.append(_area(rows.mutate(v=rows.v.isnull().cast("int64")), ordered=True))
    numeric = is_number(rows.v)
    if numeric or facts.distinct <= MOST_CODES:
        value = as_number(rows.v) if numeric else as_code(rows.v)
        there = rows.mutate(v=value).filter(lambda t: t.v.notnull())
        if facts.missing < facts.rows / 2:
            told.append(_area(there, ordered=numeric))
    known = [area for area in told if area is not None]
    return max(known) if known else None


def correlation(table: IbisTable, name: str, target: str) -> float | None:
    """Return the size of the correlation of two numeric columns, between 0 and 1."""
    pair = table.select(x=as_number(table[name]), y=as_number(table[target]))
    finite = ~(pair.x.isnan() | pair.y.isnan() | pair.x.isinf() | pair.y.isinf())
    rows = pair.filter(pair.x.notnull() & pair.y.notnull() & finite)
    found = one_row(rows.aggregate(r=rows.x.corr(rows.y, how="pop")))["r"]
    return None if found is None or np.isnan(found) else abs(float(found))


def positive_of(table: IbisTable, target: str, positive: object) -> IbisValue:
    """Return whether each row's outcome is the positive one."""
    code = as_code(table[target])
    said = str(positive).lower() if isinstance(positive, bool) else str(positive)
    return ibis.ifelse(code.isnull(), ibis.null("boolean"), code == said)


def _area(rows: IbisTable, *, ordered: bool) -> float | None:
    counted = rows.group_by("v").aggregate(n=lambda t: t.count(), p=lambda t: t.p.sum())
    found = counted.order_by("v").to_pyarrow()
    rows_each = np.asarray(found["n"].to_pylist(), dtype=float)
    positives = np.asarray(found["p"].to_pylist(), dtype=float)
    if not ordered:
        order = np.argsort(positives / np.maximum(rows_each, 1.0))
        rows_each, positives = rows_each[order], positives[order]
    negatives = rows_each - positives
    if not positives.sum() or not negatives.sum():
        return None
    below = np.concatenate([[0.0], np.cumsum(negatives)[:-1]])
    area = (positives * (below + negatives / 2)).sum() / (positives.sum() * negatives.sum())
    return float(max(area, 1 - area))

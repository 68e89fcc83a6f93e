"""What Evidently cannot be trusted with is taken out first, and said.

Tried on 0.7.23: an all-null column ends the whole report; an infinite value passes silently; values
whose square is infinite make a distance of 0; a baseline without spread makes a distance in the
thousands; a label that is missing counts as negative in its precision-recall table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from audit_pipeline.drilldown.columns import HARMLESS, Column, Outcome, shown

MOST_COLUMNS = 100
"""A page of 100 columns takes 15 s and 10 MB; more, nobody scrolls through."""
MOST_CATEGORIES = 100
FEW_CATEGORIES = 20
"""So many may all differ; beyond, a column most of whose values do is an identifier or text."""
LARGEST = 1e150
SIDES = ("baseline", "window")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """Two samples that are fit to be handed over, and what was taken out of them.

    `names` says under which name a column stands in the tables, which a browser cannot take for
    more than a name. `missing` counts nulls and NaN in the baseline's and in the window's sample.
    """

    baseline: pa.Table
    current: pa.Table
    columns: tuple[Column, ...]
    names: Mapping[str, str]
    missing: Mapping[str, tuple[int, int]]
    left_out: Mapping[str, str]


def clear(baseline: pa.Table, current: pa.Table, columns: Sequence[Column]) -> Cleared:
    """Return two samples with only the columns that Evidently draws rightly.

    Args:
        baseline: The baseline's sample: doubles and text only.
        current: The window's.
        columns: What the columns are, the most wanted first; of more than 100, the rest are out.
    """
    left_out: dict[str, str] = {}
    kept: list[Column] = []
    for column in columns:
        why = _fault(column, baseline, current)
        if why is None and len(kept) >= MOST_COLUMNS:
            why = f"one page shows {MOST_COLUMNS} columns: those whose checks ended worst"
        if why is None:
            kept.append(column)
        else:
            left_out[column.name] = why
    names = _names(kept)
    sides = [_renamed(side, kept, names) for side in (baseline, current)]
    missing = {
        column.name: (_missing(baseline[column.name]), _missing(current[column.name]))
        for column in kept
    }
    return Cleared(
        baseline=sides[0],
        current=sides[1],
        columns=tuple(kept),
        names=names,
        missing=missing,
        left_out=left_out,
    )


def with_score_if_any(cleared: Cleared, outcome: Outcome) -> Outcome:
    """Return the outcome by its classes where no score was handed over."""
    return outcome if outcome.score in cleared.names else replace(outcome, score=None)


def judgeable(cleared: Cleared, outcome: Outcome) -> tuple[pa.Table, pa.Table] | str:
    """Return the rows of both samples that have a label and a prediction, or why none will do."""
    wanted = [outcome.target, outcome.score or outcome.prediction]
    absent = [name for name in wanted if name not in cleared.names]
    if absent:
        return f"the column {absent[0]} is not on this page"
    found = []
    for where, side in zip(SIDES, (cleared.baseline, cleared.current), strict=True):
        rows = side
        for name in wanted:
            column = rows[cleared.names[name]]
            rows = rows.filter(_known(column))
        if not rows.num_rows:
            return f"no row of the {where}'s sample has both a label and a prediction"
        labels = set(rows[cleared.names[outcome.target]].unique().to_pylist())
        absent = [c for c in (outcome.positive, outcome.negative) if c and c not in labels]
        if absent:
            return f"no row of the {where}'s sample is labelled {absent[0]!r}"
        found.append(rows)
    return found[0], found[1]


def _fault(column: Column, baseline: pa.Table, current: pa.Table) -> str | None:
    """Return why a column cannot be handed over, None if it can."""
    sides = dict(zip(SIDES, (baseline, current), strict=True))
    for where, side in sides.items():
        if column.name not in side.column_names:
            return f"it is missing, or not of its kind, in the {where}"
        if _missing(side[column.name]) == side.num_rows:
            return f"it is empty in the {where}'s sample"
    judge = _numeric_fault if column.kind == "numeric" else _categorical_fault
    faults = (judge(side[column.name], where) for where, side in sides.items())
    return next((fault for fault in faults if fault), None)


def _numeric_fault(values: pa.ChunkedArray, where: str) -> str | None:
    numbers = values.filter(_known(values)).to_numpy()
    infinite = int(np.isinf(numbers).sum())
    if infinite:
        return f"infinite values in the {where}'s sample: {infinite:,}"
    if np.abs(numbers).max() > LARGEST:
        return f"values of the {where}'s sample are too large for Evidently's arithmetic"
    if where == SIDES[0] and numbers.min() == numbers.max():
        return (
            "all values of the baseline's sample are equal, and Evidently divides by their spread"
        )
    return None


def _categorical_fault(values: pa.ChunkedArray, where: str) -> str | None:
    known = values.drop_null()
    different = pc.count_distinct(known).as_py()
    alike = different <= max(FEW_CATEGORIES, len(known) // 2)
    if different <= MOST_CATEGORIES and alike:
        return None
    return (
        f"it has {different:,} different values in the {where}'s sample of {len(values):,} rows:"
        " an identifier or free text, or too much for a picture"
    )


def _known(values: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.invert(pc.is_null(values, nan_is_null=pa.types.is_floating(values.type)))


def _missing(values: pa.ChunkedArray) -> int:
    return len(values) - int(pc.sum(_known(values)).as_py() or 0)


def _names(columns: Sequence[Column]) -> dict[str, str]:
    """Return a harmless name for each column; two that would be the same stay apart."""
    names: dict[str, str] = {}
    for column in columns:
        name = column.name.translate(HARMLESS)
        while name in names.values():
            name += "'"
        names[column.name] = name
    return names


def _renamed(side: pa.Table, columns: Sequence[Column], names: Mapping[str, str]) -> pa.Table:
    return pa.table({names[c.name]: _labelled(side[c.name], c) for c in columns})


def _labelled(values: pa.ChunkedArray, column: Column) -> pa.ChunkedArray:
    if column.kind == "numeric":
        return values
    codes = values.combine_chunks().dictionary_encode()
    named = [shown(code, column.labels) for code in codes.dictionary.to_pylist()]
    return pa.chunked_array([pa.array(named, pa.string()).take(codes.indices)])

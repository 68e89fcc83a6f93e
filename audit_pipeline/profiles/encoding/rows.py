"""The rows of a profile as it is written: one per bin, cell, category, hour and pair of columns.

docs/reference/profile-format.md says what each part and column means.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from audit_pipeline.profiles.counts import JointCounts, Products, ScoreCounts, Scores
from audit_pipeline.profiles.histogram import Histogram
from audit_pipeline.profiles.profile import CategoricalColumn, NumericColumn, Profile

TEXT = pa.dictionary(pa.int32(), pa.string())
WHOLE = pa.decimal128(38, 0)
KEYS = ("part", "name", "group", "label")
"""Rows that are equal in these stand together: one histogram, one table of cells."""
SCHEMA = pa.schema(
    [
        *((key, TEXT) for key in KEYS),
        ("value", TEXT),
        ("other", TEXT),
        ("bin", pa.int64()),
        ("rows", pa.int64()),
        ("mass", pa.float64()),
        ("squares", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("sum", WHOLE),
        ("product", WHOLE),
        ("square", WHOLE),
    ]
)
LABELS = ("positive", "negative", "unlabelled")
Key = tuple[str, str | None, str | None, str | None]


def rows_of(profile: Profile) -> pa.Table:
    """Return the rows of a profile, in their one order."""
    parts = [*_column_parts(profile), *_score_parts(profile), *_cell_parts(profile)]
    if profile.products is not None:
        parts += _product_parts(profile.products)
    table = pa.concat_tables([SCHEMA.empty_table(), *parts])
    return table.unify_dictionaries().combine_chunks()


def _column_parts(profile: Profile) -> Iterable[pa.Table]:
    for name, column in sorted(profile.columns.items()):
        if isinstance(column, CategoricalColumn):
            keys = sorted(column.counts)
            yield _rows("category", name, value=keys, **_cells(keys, column))
        else:
            yield from _numeric(column, "", name)
    if profile.residuals is not None:
        yield from _numeric(profile.residuals, "residual ", None)


def _numeric(column: NumericColumn, kind: str, name: str | None) -> Iterable[pa.Table]:
    heavy = column.grid.heavy
    yield _rows(
        f"{kind}heavy bin",
        name,
        bin=[each.bin for each in heavy],
        low=[each.low for each in heavy],
        high=[each.high for each in heavy],
    )
    yield _bins(f"{kind}bin", name, column.histogram)


def _score_parts(profile: Profile) -> Iterable[pa.Table]:
    counted: dict[tuple[str | None, str | None], Scores | ScoreCounts] = {}
    if profile.scores is not None:
        counted[None, None] = profile.scores
    for name, groups in sorted(profile.scores_by_group.items()):
        counted |= {(name, group): scores for group, scores in sorted(groups.items())}
    for (attribute, group), scores in counted.items():
        for label in LABELS:
            yield _bins("score bin", attribute, getattr(scores, label), group=group, label=label)


def _bins(part: str, name: str | None, histogram: Histogram, **texts: str | None) -> pa.Table:
    return _rows(
        part,
        name,
        **texts,
        bin=histogram.bins,
        rows=histogram.counts,
        mass=histogram.mass,
        low=histogram.lows + 0.0,  # engines find -0.0 or 0.0, whichever comes first
        high=histogram.highs + 0.0,
    )


def _cell_parts(profile: Profile) -> Iterable[pa.Table]:
    if profile.outcomes is not None:
        yield _outcomes(profile.outcomes, None, None)
    for name, groups in sorted(profile.groups.items()):
        for group, joint in sorted(groups.items()):
            yield _outcomes(joint, name, group)
    hours = sorted(profile.volume)
    yield _rows("hour", None, value=hours, rows=[profile.volume[hour] for hour in hours])


def _outcomes(joint: JointCounts, name: str | None, group: str | None) -> pa.Table:
    keys = sorted(joint.counts, key=lambda key: [(each is not None, each or "") for each in key])
    labels, predicted = [key[0] for key in keys], [key[1] for key in keys]
    squares = [joint.squares[key] for key in keys] if joint.squares is not None else None
    cells = _cells(keys, joint)
    return _rows(
        "outcome", name, group=group, value=labels, other=predicted, squares=squares, **cells
    )


def _cells(keys: Sequence[Any], counted: CategoricalColumn | JointCounts) -> dict[str, Any]:
    counts: Mapping[Any, int] = counted.counts
    mass: Mapping[Any, float] = counted.mass
    return {"rows": [counts[key] for key in keys], "mass": [mass[key] for key in keys]}


def _product_parts(products: Products) -> Iterable[pa.Table]:
    for i, name in enumerate(products.names):
        yield _rows(
            "product",
            name,
            other=list(products.names),
            rows=products.counts[i],
            sum=products.sums[i],
            product=products.products[i],
            square=products.squares[i] if products.squares is not None else None,
        )


def _rows(part: str, name: str | None, **columns: Any) -> pa.Table:  # noqa: ANN401 (a text for all, or one value per row)
    """Return rows of one part: a text holds for all of them, a column left out is null."""
    columns |= {"part": part, "name": name}
    size = max(len(c) for c in columns.values() if c is not None and not isinstance(c, str))

    def array(field: Any) -> pa.Array:  # noqa: ANN401 (pyarrow ships no types)
        content = columns.get(field.name)
        if content is None:
            return pa.nulls(size, field.type)
        if isinstance(content, str):
            return pa.DictionaryArray.from_arrays(np.zeros(size, np.int32), [content])
        return pa.array(content, field.type)

    return pa.Table.from_arrays([array(field) for field in SCHEMA], schema=SCHEMA)

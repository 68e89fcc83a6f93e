"""A profile that may be handed on: no cell of it speaks of a few people, nor any value of one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from audit_pipeline.domain.masking import FEWEST, few
from audit_pipeline.profiles.counts import JointCounts, ScoreCounts, Scores
from audit_pipeline.profiles.decoded import split
from audit_pipeline.profiles.encoded import encode
from audit_pipeline.profiles.encoded_rows import LABELS, SCHEMA, Key
from audit_pipeline.profiles.histogram import EMPTY, FloatArray, Histogram, IntArray
from audit_pipeline.profiles.profile import CategoricalColumn, Column, NumericColumn, Profile
from audit_pipeline.profiles.scored_rows import COARSER, LOGIT_RESOLUTION

Hidden = npt.NDArray[np.bool_]
Edges = Callable[[IntArray], FloatArray]
S = TypeVar("S", Scores, ScoreCounts)
NUMBERS = ("rows", "mass", "squares", "sum", "product", "square")


def masked(profile: Profile) -> tuple[dict[str, Any], pa.Table]:
    """Return scalars and rows of a profile, as `encode` does, of no fewer than ten rows each.

    * Bins are joined until ten rows are in each; they begin and end at the grid's edges, the first
      and last of them nowhere, so that no extreme is told.
    * Categories of fewer rows are counted with the folded ones.
    * Cells of fewer rows, and one more beside a single one in its line, lose their numbers.

    Counts of missing values in a column are told whatever their size, as in every report.
    """
    header, table = encode(_joined(profile))
    if header["scores"] is not None:
        header["scores"]["calibration"] = _calibration(header["scores"]["calibration"])
    small = _hidden_outcomes(profile.groups)
    parts = [_part(key, part, small) for key, part in split(table).items()]
    return header, pa.concat_tables([SCHEMA.empty_table(), *parts]).unify_dictionaries()


def hidden(counts: npt.NDArray[np.int64]) -> Hidden:
    """Return which cells of a table, by two keys, may not be told.

    Those of fewer than ten rows; and where a line has one only, its next smallest too, for the
    line's total would tell it.

    >>> hidden(np.array([[3, 20, 30], [40, 50, 60]])).astype(int).tolist()
    [[1, 1, 0], [1, 1, 0]]
    """
    found: Hidden = (counts > 0) & (counts < FEWEST)
    before = -1
    while before != found.sum():
        before = int(found.sum())
        for lines, marks in ((counts, found), (counts.T, found.T)):
            for line, mark in zip(lines, marks, strict=True):
                others = np.flatnonzero(~mark & (line > 0))
                if mark.sum() == 1 and len(others):
                    mark[others[np.argmin(line[others])]] = True
    return found


# ---------------------------------------------------------------- bins and categories


def _joined(profile: Profile) -> Profile:
    return replace(
        profile,
        columns={name: _column(column) for name, column in profile.columns.items()},
        residuals=_numeric(profile.residuals) if profile.residuals else None,
        scores=_labels(profile.scores, 1, []) if profile.scores else None,
        scores_by_group={
            name: _scores_by_group(groups) for name, groups in profile.scores_by_group.items()
        },
        errors=None if profile.errors and few(profile.errors.count) else profile.errors,
    )


def _column(column: Column) -> Column:
    return _numeric(column) if isinstance(column, NumericColumn) else _categorical(column)


def _numeric(column: NumericColumn) -> NumericColumn:
    grid = replace(column.grid, heavy=())  # which hold values of the baseline
    shown = replace(column, grid=grid, histogram=_bins(column.histogram, column.grid.edges))
    if few(column.histogram.rows):
        shown = replace(shown, mean=None, standard_deviation=None, sums=None)
    return shown


def _bins(histogram: Histogram, edges: Edges) -> Histogram:
    """Return the bins joined, from the left, until ten rows are in each."""
    total = np.cumsum(histogram.counts)
    if not len(total) or total[-1] < FEWEST:
        return EMPTY
    ends = list[int]()
    while total[-1] - (told := total[ends[-1]] if ends else 0) >= FEWEST:
        ends.append(int(np.searchsorted(total, told + FEWEST)))
    ends[-1] = len(total) - 1  # what is left over belongs to the last
    starts = np.array([0, *(end + 1 for end in ends[:-1])])
    lows = edges(histogram.bins[starts])
    lows[0] = np.nan
    return Histogram(
        bins=histogram.bins[starts],
        counts=np.add.reduceat(histogram.counts, starts),
        mass=np.add.reduceat(histogram.mass, starts),
        lows=lows,
        highs=np.append(lows[1:], np.nan),
    )


def _categorical(column: CategoricalColumn) -> CategoricalColumn:
    rarest = sorted(column.counts, key=lambda code: (column.counts[code], code))
    folded, tail = column.folded, set[str]()
    for code in rarest:
        if few(column.counts[code]) or few(folded):
            folded += column.counts[code]
            tail.add(code)
    return replace(
        column,
        counts={code: rows for code, rows in column.counts.items() if code not in tail},
        mass={code: mass for code, mass in column.mass.items() if code not in tail},
        folded=folded,
        folded_mass=column.folded_mass + sum(column.mass[code] for code in sorted(tail)),
    )


def _scores_by_group(groups: Mapping[str, ScoreCounts]) -> dict[str, ScoreCounts]:
    counts = [[getattr(scores, each).rows for each in LABELS] for scores in groups.values()]
    small = hidden(np.array(counts, np.int64).reshape(-1, len(LABELS)))
    return {
        group: _labels(
            scores, COARSER, [each for each, gone in zip(LABELS, line, strict=True) if gone]
        )
        for (group, scores), line in zip(groups.items(), small, strict=True)
    }


def _labels(scores: S, coarser: int, gone: Sequence[str]) -> S:
    def edges(bins: IntArray) -> FloatArray:
        with np.errstate(over="ignore"):
            return np.asarray(1 / (1 + np.exp(-bins * (coarser / LOGIT_RESOLUTION))), np.float64)

    def shown(label: str, histogram: Histogram) -> Histogram:
        return EMPTY if label in gone else _bins(histogram, edges)

    return replace(
        scores,
        positive=shown("positive", scores.positive),
        negative=shown("negative", scores.negative),
        unlabelled=shown("unlabelled", scores.unlabelled),
    )


# ---------------------------------------------------------------- cells


def _calibration(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    small = hidden(np.array([[cell["count"] for cell in cells]], np.int64))[0]
    kept = ("low", "high")
    return [
        {key: value if key in kept or not gone else None for key, value in cell.items()}
        for cell, gone in zip(cells, small, strict=True)
    ]


def _hidden_outcomes(groups: Mapping[str, Mapping[str, JointCounts]]) -> dict[Key, set[Any]]:
    """Return the labels and predictions that no number is told of, by group."""
    found: dict[Key, set[Any]] = {}
    for name, known in groups.items():
        keys = sorted({key for joint in known.values() for key in joint.counts}, key=str)
        counts = [[joint.counts.get(key, 0) for key in keys] for joint in known.values()]
        small = hidden(np.array(counts, np.int64).reshape(len(known), len(keys)))
        for group, line in zip(known, small, strict=True):
            gone = {key for key, is_gone in zip(keys, line, strict=True) if is_gone}
            found["outcome", name, group, None] = gone
    return found


def _part(key: Key, part: pa.Table, outcomes: Mapping[Key, set[Any]]) -> pa.Table:
    """Return a part without the numbers of small cells, and without edges that are nowhere."""
    if key[0].endswith("bin"):
        for name in ("low", "high"):
            told = part[name].to_numpy()
            edges = pa.array(told, mask=~np.isfinite(told))
            part = part.set_column(part.schema.get_field_index(name), name, edges)
        return part
    if key in outcomes:
        pairs = zip(part["value"].to_pylist(), part["other"].to_pylist(), strict=True)
        gone = np.array([pair in outcomes[key] for pair in pairs], np.bool_)
    elif key[0] == "category":
        return part
    else:
        gone = hidden(part["rows"].to_numpy().reshape(1, -1))[0]
    for name in NUMBERS:
        kept = pa.compute.if_else(pa.array(~gone), part[name], None)
        part = part.set_column(part.schema.get_field_index(name), part.schema.field(name), kept)
    return part

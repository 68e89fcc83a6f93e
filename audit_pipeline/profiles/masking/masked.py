"""A profile that may be handed on: no cell of it speaks of a few people, nor any value of one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from audit_pipeline.domain.masking import FEWEST, few
from audit_pipeline.profiles.counting.scored_rows import COARSER, LOGIT_RESOLUTION
from audit_pipeline.profiles.counts import ScoreCounts, Scores
from audit_pipeline.profiles.encoding.decoded import split
from audit_pipeline.profiles.encoding.encoded import encode
from audit_pipeline.profiles.encoding.rows import LABELS, SCHEMA, Key
from audit_pipeline.profiles.histogram import EMPTY, FloatArray, Histogram, IntArray
from audit_pipeline.profiles.masking.hidden import Hidden, hidden, hidden_outcomes, hidden_overall
from audit_pipeline.profiles.profile import CategoricalColumn, Column, NumericColumn, Profile

Edges = Callable[[IntArray], FloatArray]
S = TypeVar("S", Scores, ScoreCounts)
NUMBERS = ("rows", "mass", "squares", "sum", "product", "square")


def masked(profile: Profile) -> tuple[dict[str, Any], pa.Table]:
    """Return scalars and rows of a profile, as `encode` does, of no fewer than ten rows each.

    * Bins are joined until ten rows are in each; they begin and end at the grid's edges, the first
      and last of them nowhere, so that no extreme is told.
    * Categories of fewer rows are counted with the folded ones.
    * Cells of fewer rows lose their numbers; so does one more, where a total told elsewhere would
      tell a single one.

    Counts of missing values in a column are told whatever their size, as in every report.
    """
    header, table = encode(_joined(profile))
    if header["scores"] is not None:
        header["scores"]["calibration"] = _calibration(header["scores"]["calibration"])
    small = hidden_outcomes(profile.groups)
    parts = [_part(key, part, small) for key, part in split(table).items()]
    return header, pa.concat_tables([SCHEMA.empty_table(), *parts]).unify_dictionaries()


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


def _part(key: Key, part: pa.Table, outcomes: Mapping[tuple[str, str], set[Any]]) -> pa.Table:
    """Return a part without the numbers of small cells, and without edges that are nowhere."""
    if key[0].endswith("bin"):
        for name in ("low", "high"):
            told = part[name].to_numpy()
            edges = pa.array(told, mask=~np.isfinite(told))
            part = part.set_column(part.schema.get_field_index(name), name, edges)
        return part
    if key[0] == "category":
        return part
    gone = _gone(key, part, outcomes)
    for name in NUMBERS:
        kept = pa.compute.if_else(pa.array(~gone), part[name], None)
        part = part.set_column(part.schema.get_field_index(name), part.schema.field(name), kept)
    return part


def _gone(key: Key, part: pa.Table, outcomes: Mapping[tuple[str, str], set[Any]]) -> Hidden:
    counts = np.asarray(part["rows"].to_numpy(), np.int64)
    if key[0] != "outcome":
        gone: Hidden = hidden(counts.reshape(1, -1))[0]
        return gone
    pairs = list(zip(part["value"].to_pylist(), part["other"].to_pylist(), strict=True))
    if key[2] is None:
        return hidden_overall(pairs, counts)
    return np.array([pair in outcomes[str(key[1]), key[2]] for pair in pairs], np.bool_)

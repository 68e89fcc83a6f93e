"""Count the scores of a binary classifier by label: overall, by protected group, with their losses.

Scores lie on a grid of their logits, which tells 0.999 from 0.9999 as well as 0.5 from 0.51.
"""

from collections.abc import Mapping
from typing import TypedDict

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from audit_pipeline.profiles.bundles import Attributes, bundled, group_name
from audit_pipeline.profiles.counting.classes import Binary
from audit_pipeline.profiles.counting.exact import floored, weighed, whole_numbers
from audit_pipeline.profiles.counting.scored_rows import (
    COARSER,
    INVALID,
    NEGATIVE,
    NULL,
    POSITIVE,
    UNLABELLED,
    loss_sums,
    scored_rows,
)
from audit_pipeline.profiles.counts import LOSS_UNIT, CalibrationBin, LossSums, ScoreCounts, Scores
from audit_pipeline.profiles.engine import IbisTable, as_code
from audit_pipeline.profiles.histogram import EMPTY, Histogram
from audit_pipeline.profiles.losses import CALIBRATION_BINS, calibration_bin, losses
from audit_pipeline.profiles.profile import UNIT

MOST_SCORED_GROUPS = 100
"""Groups of one attribute, beyond which scores are not counted by it."""


class ByLabel(TypedDict):
    """The histograms that scores are counted in."""

    positive: Histogram
    negative: Histogram
    unlabelled: Histogram


def count_scores(rows: IbisTable, binary: Binary) -> Scores:
    """Return the scores of all rows by label, with their losses and calibration, in one query.

    Args:
        rows: With a column `score`, and `target` and `w` as far as there are any.
        binary: The two classes.
    """
    scored = scored_rows(rows, binary)
    tenth = ibis.least(floored(scored.x * CALIBRATION_BINS), CALIBRATION_BINS - 1)
    keyed = scored.mutate(tenth=tenth)
    found = keyed.group_by(["label", "bin", "tenth"]).aggregate(
        **weighed(keyed), low=keyed.x.min(), high=keyed.x.max(), **loss_sums(keyed)
    )
    cells = found.to_pyarrow()
    valid = cells.filter(pc.less(cells["bin"], INVALID))
    labelled = valid.filter(pc.not_equal(valid["label"], UNLABELLED))
    sums = _loss_sums(labelled)
    return Scores(
        **_by_label(valid),
        nulls=_rows_at(cells, "bin", NULL),
        invalid=_rows_at(cells, "bin", INVALID),
        calibration=_calibration(labelled),
        sums=sums,
        **losses(sums),
    )


def count_scores_by_group(
    rows: IbisTable, binary: Binary, attributes: Attributes, sizes: Mapping[str, int]
) -> dict[str, dict[str, ScoreCounts]]:
    """Return the scores in each group of each attribute of at most `MOST_SCORED_GROUPS`.

    Bins are `COARSER` than those of the whole window, each with its least and greatest score.

    Args:
        rows: As for `count_scores`, with the columns of the attributes.
        binary: The two classes.
        attributes: To be counted by.
        sizes: How many groups each has.
    """
    kept = [name for name in attributes if sizes[name] <= MOST_SCORED_GROUPS]
    found: dict[str, dict[str, ScoreCounts]] = {}
    for bundle in bundled([(name,) for name in kept], sizes, MOST_SCORED_GROUPS):
        columns = {name: attributes[name] for name in bundle}
        scored = scored_rows(rows, binary, list(columns.values()))
        coarse = scored.filter(scored.bin < INVALID).mutate(bin=floored(scored.bin / COARSER))
        cells = coarse.group_by([*columns.values(), "label", "bin"]).aggregate(
            **weighed(coarse), low=coarse.x.min(), high=coarse.x.max()
        )
        named = cells.mutate(**{c: as_code(cells[c]) for c in columns.values()}).to_pyarrow()
        found |= {name: _by_group(named, column) for name, column in columns.items()}
    return {name: found[name] for name in kept}


def too_many_scored(sizes: Mapping[str, int]) -> dict[str, str]:
    """Return the attributes by whose groups scores are not counted, and why."""
    return {
        f"scores by {name}": f"{name} has {size:,} groups, more than the {MOST_SCORED_GROUPS} whose"
        " scores are kept"
        for name, size in sizes.items()
        if size > MOST_SCORED_GROUPS
    }


def _by_label(cells: pa.Table) -> ByLabel:
    by = {label: cells.filter(pc.equal(cells["label"], label)) for label in range(3)}
    return {
        "positive": _histogram(by[POSITIVE]),
        "negative": _histogram(by[NEGATIVE]),
        "unlabelled": _histogram(by[UNLABELLED]),
    }


def _by_group(cells: pa.Table, column: str) -> dict[str, ScoreCounts]:
    codes = sorted(cells[column].unique().to_pylist(), key=group_name)
    named = cells.append_column("code", cells[column])
    return {
        group_name(code): ScoreCounts(**_by_label(named.filter(_is(named["code"], code))))
        for code in codes
    }


def _is(column: pa.ChunkedArray, code: str | None) -> pa.ChunkedArray:
    return pc.is_null(column) if code is None else pc.fill_null(pc.equal(column, code), False)  # noqa: FBT003 (pyarrow's)


def _histogram(cells: pa.Table) -> Histogram:
    """Return the cells by bin; what was counted apart by another key is added up."""
    if not cells.num_rows:
        return EMPTY
    cells = cells.sort_by("bin")
    bins = cells["bin"].to_numpy()
    first = np.flatnonzero(np.diff(bins, prepend=bins[0] - 1))
    counts = np.add.reduceat(cells["rows"].to_numpy(), first)
    mass = counts.astype(np.float64)
    if "mass" in cells.column_names:
        whole = np.add.reduceat(whole_numbers(cells["mass"]), first)
        mass = np.array([each / UNIT for each in whole])
    return Histogram(
        bins=bins[first],
        counts=counts,
        mass=mass,
        lows=np.minimum.reduceat(cells["low"].to_numpy(), first),
        highs=np.maximum.reduceat(cells["high"].to_numpy(), first),
    )


def _rows_at(cells: pa.Table, column: str, value: int) -> int:
    return int(sum(cells.filter(pc.equal(cells[column], value))["rows"].to_pylist()))


def _total(cells: pa.Table, name: str) -> int:
    if name == "weight" and name not in cells.column_names:
        return int(LOSS_UNIT * sum(cells["rows"].to_pylist()))
    return int(sum(whole_numbers(cells[name]).tolist()))


def _loss_sums(labelled: pa.Table) -> LossSums | None:
    names = ("weight", "brier", "brier_squares", "log_loss", "log_loss_squares")
    found = {name: _total(labelled, name) for name in names}
    return LossSums(**found) if found["weight"] else None


def _calibration(labelled: pa.Table) -> tuple[CalibrationBin, ...]:
    found = []
    for tenth in range(CALIBRATION_BINS):
        own = labelled.filter(pc.equal(labelled["tenth"], tenth))
        count = sum(own["rows"].to_pylist())
        if not count:
            continue
        positives = own.filter(pc.equal(own["label"], POSITIVE))
        mass = (
            sum(whole_numbers(own["mass"]).tolist()) / UNIT if "mass" in own.column_names else count
        )
        found.append(
            calibration_bin(
                tenth, count, float(mass), _total(own, "score"), _total(positives, "weight")
            )
        )
    return tuple(found)

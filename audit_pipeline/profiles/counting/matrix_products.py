"""Sums of products of columns as matrix products over batches of rows, exact to the last digit."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from audit_pipeline.profiles.counts import FARTHEST_PRODUCT, PRODUCT_UNIT
from audit_pipeline.profiles.histogram import FloatArray, Grid, IntArray

BoolArray = npt.NDArray[np.bool_]
ObjectArray = npt.NDArray[np.object_]
Totals = Mapping[str, list[list[int]]]
Sums = dict[str, ObjectArray]
"""Arrays of Python's integers, which have no end."""

ROWS_AT_ONCE = 2**15
DEEP = 128
"""Rows of one matrix product. Small ones are done by one thread each: BLAS's own threads wait for
one another without sleeping, and took forty times as long on a busy machine."""
ABREAST = 40
"""Columns of one matrix product, for the same reason."""
EXACT = 2.0**53
HALF = 2.0**15
"""Far values are split in two parts of so many steps, whose products are exact again."""


def add_batches(relation: Any, grids: list[Grid]) -> Totals:  # noqa: ANN401 (DuckDB's, untyped)
    """Return sums over the rows of a DuckDB relation, whose columns of doubles lie on `grids`.

    Memory is that of a few batches, whatever the number of rows.
    """
    adder = _Adder(grids)
    for batch in relation.to_arrow_reader(ROWS_AT_ONCE):
        adder.add([column.to_numpy(zero_copy_only=False) for column in batch.columns])
    return adder.totals()


class _Adder:
    """Adds up batch after batch."""

    def __init__(self, grids: list[Grid]) -> None:
        self.centres = np.array([[grid.centre] for grid in grids])
        self.scales = np.array([[grid.scale] for grid in grids])
        size = len(grids)
        names = ("counts", "sums", "products", "squares")
        self.sums = {name: np.zeros((size, size), dtype=object) for name in names}

    def add(self, columns: list[FloatArray]) -> None:
        """Add the rows of one batch, given column by column; a missing value is NaN."""
        values, counts = self._whole(np.stack(columns))
        masks, at = _masks(counts)
        blocks = [_in_blocks(each) for each in (values, masks)]
        far = np.zeros(blocks[0].shape[1], dtype=bool)
        if max(values.max(), -values.min()) ** 2 * DEEP >= EXACT:
            far = np.abs(blocks[0]).max(axis=(0, 2)) ** 2 * DEEP >= EXACT
        for add, where in ((_near_sums, ~far), (_far_sums, far)):
            if where.any():
                # nearly all blocks are near: then nothing is copied
                kept = blocks if where.all() else [each[:, where] for each in blocks]
                for name, cells in add(*kept).items():
                    self.sums[name] += _of_columns(name, cells, at)

    def _whole(self, values: FloatArray) -> tuple[FloatArray, BoolArray]:
        """Return `round(PRODUCT_UNIT * z)`, 0 where a value does not count; and where one does."""
        with np.errstate(over="ignore", invalid="ignore"):
            values -= self.centres
            values /= self.scales
            counts = np.abs(values) <= FARTHEST_PRODUCT
            values *= PRODUCT_UNIT
            values += 0.5
            np.floor(values, out=values)
        np.copyto(values, 0.0, where=~counts)
        return values, counts

    def totals(self) -> Totals:
        return {name: cells.tolist() for name, cells in self.sums.items()}


def _masks(counts: BoolArray) -> tuple[FloatArray, IntArray]:
    """Return which rows count, once for all columns without a hole; and the place of each column's.

    The first says that all rows count.
    """
    holed = np.flatnonzero(~counts.all(axis=1))
    masks = np.concatenate([np.ones((1, counts.shape[1])), counts[holed]])
    at = np.zeros(len(counts), np.int64)
    at[holed] = np.arange(1, len(holed) + 1)
    return masks, at


def _of_columns(name: str, cells: ObjectArray, at: IntArray) -> ObjectArray:
    """Return the sums for pairs of columns, of sums for pairs of columns and masks."""
    if name == "products":
        return cells
    return cells[np.ix_(at, at)] if name == "counts" else cells[:, at]


def _in_blocks(rows: FloatArray) -> FloatArray:
    """Return rows as blocks of `DEEP`, the last filled up with zeros, which add nothing."""
    size = -(-rows.shape[1] // DEEP) * DEEP
    if size != rows.shape[1]:
        rows = np.pad(rows, ((0, 0), (0, size - rows.shape[1])))
    return rows.reshape(len(rows), -1, DEEP)


def _near_sums(values: FloatArray, masks: FloatArray) -> Sums:
    return {
        "counts": _paired(masks, masks),
        "sums": _paired(values, masks),
        "products": _paired(values, values),
        "squares": _paired(values * values, masks),
    }


def _far_sums(values: FloatArray, masks: FloatArray) -> Sums:
    """Return the same of values so large that their products are no exact doubles."""
    high = np.floor(values / HALF)
    low = values - high * HALF
    half, whole = int(HALF), int(HALF) ** 2
    mixed = _paired(high, low)
    return {
        "counts": _paired(masks, masks),
        "sums": half * _paired(high, masks) + _paired(low, masks),
        "products": whole * _paired(high, high) + half * (mixed + mixed.T) + _paired(low, low),
        "squares": whole * _paired(high * high, masks)
        + 2 * half * _paired(high * low, masks)
        + _paired(low * low, masks),
    }


def _paired(left: FloatArray, right: FloatArray) -> ObjectArray:
    """Return the sums over all rows of the products of each row of one with each of the other."""
    parts = [
        [_multiplied(left[i : i + ABREAST], right[j : j + ABREAST]) for j in _steps(right)]
        for i in _steps(left)
    ]
    return np.block(parts).astype(object)


def _steps(rows: FloatArray) -> range:
    return range(0, len(rows), ABREAST)


def _multiplied(left: FloatArray, right: FloatArray) -> IntArray:
    """Return the same of few rows; each block's sums are exact doubles, all blocks' integers."""
    blocks = np.matmul(left.transpose(1, 0, 2), right.transpose(1, 2, 0))
    return np.asarray(blocks.astype(np.int64).sum(axis=0))

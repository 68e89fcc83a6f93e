"""Sums over rows as whole numbers: the same in any order, on any number of threads, anywhere."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from audit_pipeline.profiles.engine import IbisTable, IbisValue, engine_of
from audit_pipeline.profiles.profile import UNIT

WHOLE = "decimal(38, 0)"
NARROW = "pyspark"
"""The engine that sums integers of 64 bits as such; the others widen the sum, which is quicker."""


def exact_sum(value: IbisValue, unit: int, *, far: bool = False) -> IbisValue:
    """Return the sum of `value`, each rounded to whole multiples of `1 / unit`, in that unit.

    `round` is `floor(y + 1/2)`, which is the same on every engine. `value * unit` must stay within
    64 bits, or within 38 digits where `far`, which is slower.
    """
    whole = (value * unit + 0.5).floor()
    return whole.cast(WHOLE).sum() if far else wide_sum(whole.cast("int64"))


def floored(number: IbisValue) -> IbisValue:
    """Return numbers rounded down, as integers."""
    return number.floor().cast("int64")


def wide_sum(whole: IbisValue) -> IbisValue:
    """Return the sum of integers as a decimal of 38 digits, which no number of rows overflows."""
    if engine_of(whole) == NARROW:
        return whole.cast(WHOLE).sum()
    return whole.sum().cast(WHOLE)


def weighed(rows: IbisTable) -> dict[str, IbisValue]:
    """Return what is summed per group of rows: how many, and their weights `w` where they have any.

    `mass` and `squares` are in units of 1 / UNIT. Rows without a column `w` weigh 1 each.
    """
    asked = {"rows": rows.count()}
    if "w" in rows.columns:
        asked |= {"mass": exact_sum(rows.w, UNIT), "squares": exact_sum(rows.w * rows.w, UNIT)}
    return asked


def whole_numbers(column: pa.ChunkedArray) -> npt.NDArray[np.object_]:
    """Return a column of sums as Python's integers, which have no end; null is 0."""
    return np.array([int(each or 0) for each in column.to_pylist()], dtype=object)

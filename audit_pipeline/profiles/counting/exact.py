"""Sums over rows as whole numbers: the same in any order, on any number of threads, anywhere."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from audit_pipeline.profiles.engine import IbisTable, IbisValue, engine_of
from audit_pipeline.profiles.profile import UNIT

WHOLE = "decimal(38, 0)"
PART = 40
"""Bits of the lower part of a sum in two parts."""
NARROW = "pyspark"
"""The engine that sums integers of 64 bits as such; the others widen the sum, which is quicker."""


def exact_sum(value: IbisValue, unit: int) -> IbisValue:
    """Return the sum of `value`, each rounded to whole multiples of `1 / unit`, in that unit.

    `round` is `floor(y + 1/2)`, which is the same on every engine. `value * unit` must stay within
    63 bits.
    """
    return wide_sum(floored(value * unit + 0.5))


def far_sums(name: str, value: IbisValue, unit: int) -> dict[str, IbisValue]:
    """Return the same of a `value * unit` of up to 100 bits, in two parts that `joined` adds.

    Every step is exact: whole doubles, and integers of 64 bits.
    """
    whole = value * unit + 0.5
    high = floored(whole / float(2**PART))
    low = floored(whole - high.cast("float64") * float(2**PART))
    return {name: wide_sum(low), f"{name}_high": wide_sum(high)}


def joined(low: int, high: int) -> int:
    """Return the sum whose two parts `far_sums` gave."""
    return (high << PART) + low


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

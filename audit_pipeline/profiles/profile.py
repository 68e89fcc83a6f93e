"""The profile of a window: the aggregates every metric is a pure function of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from audit_pipeline.profiles.counts import (
    JointCounts,
    Products,
    RegressionErrors,
    ScoreCounts,
    Scores,
)
from audit_pipeline.profiles.histogram import Grid, Histogram

UNIT = 2**20
"""Exact sums are whole multiples of 1 / UNIT."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactSums:
    """Sums over the finite values of a column, whole numbers: the same in any order, anywhere.

    With `z = (x - grid.centre) / grid.scale` and `round` as `floor(y + 1/2)`: `weight` is the sum
    of `round(UNIT * w)`, `weight_squares` of `round(UNIT * w * w)`, `first` of
    `round(UNIT * w * z)`, `second` of `round(UNIT * w * z * z)`. The last two are None where a
    value lies so far out that a square would not fit in 38 digits.
    """

    weight: int
    weight_squares: int
    first: int | None
    second: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NumericColumn:
    """A column of numbers. `nulls + nans + infinities + histogram.rows == rows`.

    `effective_rows` is Kish's effective sample size of the finite values, (sum w)^2 / sum w^2:
    the number of rows, in an unweighted audit. Mean and standard deviation (population form, in
    the column's unit) are None where no finite value exists.
    """

    name: str
    rows: int
    nulls: int
    nans: int
    infinities: int
    grid: Grid
    histogram: Histogram
    effective_rows: float
    mean: float | None
    standard_deviation: float | None
    sums: ExactSums | None = None
    """What mean and standard deviation follow from; None in profiles made by hand. Without its
    `first`, they come from the bins' middles."""

    @property
    def missing(self) -> dict[str, int]:
        """Rows without a finite number, by reason."""
        found = {"null": self.nulls, "NaN": self.nans, "infinite": self.infinities}
        return {reason: count for reason, count in found.items() if count}


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoricalColumn:
    """A column of codes or names, counted one by one.

    Keys are the values as text. A column of more than the tail rule's categories keeps the most
    frequent of the baseline; the rest are counted together in `folded`.
    """

    name: str
    rows: int
    nulls: int
    counts: Mapping[str, int]
    mass: Mapping[str, float]
    effective_rows: float
    folded: int = 0
    folded_mass: float = 0.0

    @property
    def missing(self) -> dict[str, int]:
        """Rows without a value, by reason."""
        return {"null": self.nulls} if self.nulls else {}


Column = NumericColumn | CategoricalColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """All aggregates of one window or baseline. Addressed by content, compact, mergeable later.

    `zero_weight` rows weigh nothing, or too little beside others to be summed: they are left out of
    everything and counted here. `positive` is the text of the positive class in a binary audit.
    """

    rows: int
    zero_weight: int
    duplicate_ids: int
    null_ids: int
    labelled: int
    predicted: int
    engine: str
    positive: str | None
    columns: Mapping[str, Column]
    outcomes: JointCounts | None
    groups: Mapping[str, Mapping[str, JointCounts]] = field(
        default_factory=dict[str, Mapping[str, JointCounts]]
    )
    scores: Scores | None = None
    errors: RegressionErrors | None = None
    scores_by_group: Mapping[str, Mapping[str, ScoreCounts]] = field(
        default_factory=dict[str, Mapping[str, ScoreCounts]]
    )
    """By protected attribute and group, as `groups`."""
    residuals: NumericColumn | None = None
    """Label minus prediction of a regression, counted on a grid of its own."""
    products: Products | None = None
    volume: Mapping[str, int] = field(default_factory=dict[str, int])
    """Rows by hour (ISO, `2018-03-01T05`, as the times in the table are written; in UTC where they
    have a zone). Empty where rows have no time of day."""
    weight_unit: float = 1.0
    """What weights were counted in, a power of two: only shares of them are told to users."""
    parts: int = 1
    """Profiles that were merged into this one. Above 1, `duplicate_ids` is the least it can be: an
    id that two parts have is seen once in each."""
    unreadable: Mapping[str, str] = field(default_factory=dict[str, str])
    """Declared columns that could not be counted, and why."""

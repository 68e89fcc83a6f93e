"""The profile of a window: the aggregates every metric is a pure function of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from audit_pipeline.profiles.histogram import Grid, Histogram


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
class JointCounts:
    """Rows by (label, prediction), both as text; None where there is none.

    `mass` are the same cells' weights, equal to the counts in an unweighted audit.
    """

    counts: Mapping[tuple[str | None, str | None], int]
    mass: Mapping[tuple[str | None, str | None], float]

    @property
    def rows(self) -> int:
        """All rows, labelled or not."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationBin:
    """Labelled rows whose score fell between `low` and `high`: what was said and what came."""

    low: float
    high: float
    count: int
    mass: float
    mean_score: float
    positive_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Scores of a binary classifier, counted on a logit grid by label.

    `invalid` counts scores that are no probability: outside 0 to 1, NaN or infinite. `brier` and
    `log_loss` are means over the labelled rows, None where there are none.
    """

    positive: Histogram
    negative: Histogram
    unlabelled: Histogram
    nulls: int
    invalid: int
    calibration: tuple[CalibrationBin, ...]
    brier: float | None
    brier_variance: float | None
    log_loss: float | None
    log_loss_variance: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegressionErrors:
    """Errors of a regression over the rows that have both label and prediction.

    Means and population variances over those rows, in the target's unit (squared where squared).
    """

    count: int
    effective_rows: float
    mean_absolute: float
    absolute_variance: float
    mean_squared: float
    squared_variance: float
    label_variance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """All aggregates of one window or baseline. Addressed by content, compact, mergeable later.

    `zero_weight` rows are left out of everything and counted here. `positive` is the text of the
    positive class in a binary audit.
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
    unreadable: Mapping[str, str] = field(default_factory=dict[str, str])
    """Declared columns that could not be counted, and why."""

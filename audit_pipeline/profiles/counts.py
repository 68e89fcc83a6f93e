"""What a profile counts of a model's outputs: classes, scores, errors; and products of columns."""

from collections.abc import Mapping
from dataclasses import dataclass

from audit_pipeline.profiles.histogram import Histogram

MOST_COLUMNS = 50
"""Columns whose products are summed, 1,275 pairs; twice as many would cost four times as much."""
PRODUCT_UNIT = 2**10
"""Products of two columns are whole multiples of 1 / PRODUCT_UNIT squared."""
FARTHEST_PRODUCT = 2.0**20
"""In scales of the grid; the square of a farther value would drown all others."""
LOSS_UNIT = 2**30
"""Losses, and the scores of calibration bins, are summed in whole multiples of 1 / LOSS_UNIT."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JointCounts:
    """Rows by (label, prediction), both as text; None where there is none.

    `mass` are the same cells' weights, equal to the counts in an unweighted audit.
    """

    counts: Mapping[tuple[str | None, str | None], int]
    mass: Mapping[tuple[str | None, str | None], float]
    squares: Mapping[tuple[str | None, str | None], float] | None = None
    """The cells' squared weights; None where every row weighs 1, so that they equal the counts."""

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
    score_sum: int | None = None
    """Sum of `round(LOSS_UNIT * w * score)`; with it bins are merged exactly."""
    positive_sum: int | None = None
    """Sum of `round(LOSS_UNIT * w)` over the positives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LossSums:
    """Sums over the labelled rows, in whole multiples of 1 / LOSS_UNIT: the same in any order.

    `weight` is the sum of `round(LOSS_UNIT * w)`, the others of `round(LOSS_UNIT * w * loss)` and
    of `round(LOSS_UNIT * w * loss^2)`.
    """

    weight: int
    brier: int
    brier_squares: int
    log_loss: int
    log_loss_squares: int


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
    sums: LossSums | None = None
    """What the four follow from, in windows merged exactly; see `profiles/losses.py`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreCounts:
    """Scores counted on the logit grid by label: of one group of a protected attribute."""

    positive: Histogram
    negative: Histogram
    unlabelled: Histogram


@dataclass(frozen=True, slots=True, kw_only=True)
class Products:
    """Exact sums of products of the numeric columns, pairwise where both are finite.

    With `v = round(PRODUCT_UNIT * z)` on each column's grid, `round` as `floor(y + 1/2)`, for
    columns i and j over the rows where both count: `counts[i][j]` rows, `sums[i][j]` of `v_i`,
    `products[i][j]` of `v_i * v_j`, as whole numbers. Unweighted. A value farther out than
    `FARTHEST_PRODUCT` scales is left out.
    """

    names: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    sums: tuple[tuple[int, ...], ...]
    products: tuple[tuple[int, ...], ...]
    squares: tuple[tuple[int, ...], ...] | None = None
    """`squares[i][j]` of `v_i * v_i` over the rows where both count: what makes a correlation with
    missing values the usual one, of the complete pairs. Without it, column i's own rows stand
    in."""


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
    mass: float | None = None
    """Weight of those rows. None in profiles of version 1, which cannot be merged."""
    label_mean: float | None = None
    label_span: float | None = None
    """From the least label to the largest: the unit that the variance was rounded in parts of."""

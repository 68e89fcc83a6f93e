"""A number, how sure it is, and what it was measured on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Json = object  # str, int, float, bool, None, or lists and mappings of these

ONE_ROWS_VALUE = "one row's value"
"""What `detail["value_is"]` says of a number that is some one row's: kept, and not handed out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A 95 % confidence interval, in the unit of the number it surrounds."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What a number was measured on: rows seen of the rows there were, and how.

    `left_out` says why each missing row is missing, in words a reader of the report understands.
    `error_bound` is the largest distance between the number and the exact one on the same rows.
    `seed` is given only where a sample was unavoidable.
    """

    rows: int
    used: int
    left_out: Mapping[str, int] = field(default_factory=dict[str, int])
    method: str = "all rows"
    engine: str = ""
    error_bound: float = 0.0
    seed: int | None = None

    @property
    def share(self) -> float:
        """Rows used of rows in the window, between 0 and 1; 0 when there are none."""
        return self.used / self.rows if self.rows else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One number about one subject: a column, a protected attribute, or the whole window."""

    metric: str
    subject: str
    value: float
    interval: Interval | None
    baseline_value: float | None
    coverage: Coverage
    baseline_error_bound: float = 0.0
    """The error bound of the baseline's number."""
    detail: Mapping[str, Json] = field(default_factory=dict[str, Json])

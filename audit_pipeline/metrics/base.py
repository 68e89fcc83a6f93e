"""What a metric is: a pure reading of profiles, and the limit it is held to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from audit_pipeline.domain.limit import Limit
from audit_pipeline.domain.measurement import Interval, Json
from audit_pipeline.profiles.profile import Profile

Need = Literal["ids", "labels", "predictions", "scores", "binary", "classification", "regression"]


class UnmeasurableError(Exception):
    """The number does not exist for this data; its text says why. Becomes a gap."""


class TooLittleDataError(UnmeasurableError):
    """Too little to tell a pass from a failure; the text says what. Becomes `inconclusive`.

    Too few rows, or a baseline that never varied: no fault of the night that it is found in.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What an audit has: which metrics apply to it, and to which subjects."""

    numeric: Sequence[str]
    categorical: Sequence[str]
    groups: Sequence[str]
    """Protected attributes, and the pairs of them."""
    has: frozenset[Need]
    latency: str | None = None
    columns: Mapping[Need, str] = field(default_factory=dict[Need, str])
    """The column that stands behind a need, where one does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a metric read off the profiles: the number, how sure it is and on which rows.

    `rows` is how many there were, `used` how many were measured, `left_out` the rest by reason.
    `error_bound` is how far, at most, the number lies from the exact one of the same rows.
    """

    value: float
    rows: int
    used: int
    left_out: Mapping[str, int] = field(default_factory=dict[str, int])
    interval: Interval | None = None
    error_bound: float = 0.0
    detail: Mapping[str, Json] = field(default_factory=dict[str, Json])


Readings = tuple[Reading, Reading | None]
"""Of the window, and of the baseline by itself, where it has such a number."""


class Measure(Protocol):
    """How a metric finds its subjects and reads them."""

    def subjects(self, shape: Shape) -> Sequence[str]:
        """Return what this metric is asked about in an audit of this shape; may be empty."""
        ...

    def columns(self, subject: str, shape: Shape) -> Sequence[str]:
        """Return the columns that the number rests on; none where it speaks of rows as such."""
        ...

    def read(self, subject: str, baseline: Profile | None, current: Profile) -> Readings:
        """Return the reading of the current window and the baseline's own.

        Raises:
            UnmeasurableError: The number does not exist for this data.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One measurement: what it is called, which stage asset makes it, its limit by default."""

    title: str
    asset: Literal["rule_results", "drift", "performance", "fairness"]
    measure: Measure
    limit: Limit
    unit: str = ""

"""What one rule asks, which rows it is about, and what the engine answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from audit_pipeline.domain.rule import Rule


class Kind(StrEnum):
    """What a rule looks at."""

    ROWS = "rows"
    """Each row keeps it or breaks it."""
    NUMBER = "number"
    """One number or set over all rows, such as a mean."""
    NULLS = "nulls"
    """How much is missing, row by row or as a share: a null is what it counts."""
    SCHEMA = "schema"
    """Names and types of columns, whatever the rows hold."""
    ROW_COUNT = "row count"
    """How many rows there are; the only kind that no rows can answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A rule made ready to be asked.

    `by_row` is true where the answer is a count of rows, `mostly` the share of them that has to
    keep the rule. `ignore_row_if` is Great Expectations' own word for which rows with nulls a rule
    over several columns leaves out.
    """

    number: int
    rule: Rule
    expectation: Any  # Great Expectations' own, kept out of this module's imports
    kind: Kind
    by_row: bool
    columns: tuple[str, ...]
    mostly: float
    ignore_row_if: str | None

    @property
    def compares_nulls(self) -> bool:
        """Whether a row with a null and a value breaks it.

        Of every other rule over several columns, such a row is left out.
        """
        return self.rule.expect in {
            "expect_column_pair_values_to_be_equal",
            "expect_multicolumn_values_to_be_equal",
        }

    @property
    def of_one_row(self) -> bool:
        """Whether the number asked for is some one row's: it is judged, and not told."""
        return self.rule.expect in {
            "expect_column_max_to_be_between",
            "expect_column_min_to_be_between",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Rows a rule is about: those that meet its row condition.

    Of these, in `nans` any of its columns is NaN; else in `nulls` any is null, in `blank` all are.
    """

    total: int
    rows: int
    nulls: int = 0
    blank: int = 0
    nans: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the engine answered: whether the rule holds, and its numbers; or what went wrong."""

    holds: bool = False
    result: Mapping[str, object] = field(default_factory=dict[str, object])
    error: str | None = None

"""What is to be known of each column before anything is proposed about it: counted, on all rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from audit_pipeline.profiles.engine import (
    AT_ONCE,
    IbisTable,
    IbisValue,
    as_number,
    narrowed,
    one_row,
)

Family = Literal["integer", "float", "text", "boolean", "time", "other"]
Value = str | int | float | bool
FEW = 50
"""Columns of no more values have them counted one by one."""
SAMPLE = 500
"""Different texts that are looked at for what they resemble."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnFacts:
    """One column: its kind of values, how many, how many different, from where to where.

    `missing` counts nulls, NaN and infinities; `nans` the latter two alone. `values` has the count
    of each value where there are no more than `FEW`. `sample` are texts to be looked at in this
    process; they go nowhere.
    """

    name: str
    type: str
    family: Family
    rows: int
    missing: int
    nans: int
    distinct: int
    low: float | date | None = None
    high: float | date | None = None
    mean_length: float = 0.0
    values: Mapping[Value, int] = field(default_factory=dict[Value, int])
    sample: tuple[str, ...] = ()

    @property
    def unique(self) -> bool:
        """Whether no value is missing and none comes twice."""
        return self.rows > 0 and not self.missing and self.distinct == self.rows

    @property
    def missing_share(self) -> float:
        """Rows without a usable value of all rows, between 0 and 1."""
        return self.missing / self.rows if self.rows else 0.0

    @property
    def number(self) -> bool:
        """Whether its values are numbers."""
        return self.family in {"integer", "float"}


def facts_of(table: IbisTable) -> dict[str, ColumnFacts]:
    """Return what is to be known of each column of a table, in its order."""
    found: dict[str, ColumnFacts] = {}
    for part, names in narrowed(table, table.columns):
        for first in range(0, len(names), AT_ONCE):
            some = names[first : first + AT_ONCE]
            found |= {facts.name: facts for facts in _batch(part, some)}
    return found


def family_of(column: IbisValue) -> Family:
    """Return what kind of values a column has."""
    kind = column.type()
    tests: tuple[tuple[Family, bool], ...] = (
        ("boolean", kind.is_boolean()),
        ("integer", kind.is_integer()),
        ("float", kind.is_floating() or kind.is_decimal()),
        ("text", kind.is_string()),
        ("time", kind.is_date() or kind.is_timestamp()),
    )
    return next((family for family, is_it in tests if is_it), "other")


def _batch(table: IbisTable, names: Sequence[str]) -> Iterator[ColumnFacts]:
    families = {name: family_of(table[name]) for name in names}
    asked = {"rows": table.count()}
    for number, name in enumerate(names):
        parts = _measures(table[name], families[name])
        asked |= {f"{part}_{number}": measure for part, measure in parts.items()}
    found = one_row(table.aggregate(**asked))
    for number, name in enumerate(names):
        own = {key: found.get(f"{key}_{number}") for key in _PARTS}
        nans = own["nans"] or 0
        facts = ColumnFacts(
            name=name,
            type=str(table[name].type()),
            family=families[name],
            rows=found["rows"],
            missing=(own["nulls"] or 0) + nans,
            nans=nans,
            distinct=own["distinct"] or 0,
            low=own["low"],
            high=own["high"],
            mean_length=own["length"] or 0.0,
            values=_values(table, name) if (own["distinct"] or 0) <= FEW else {},
            sample=_sample(table, name) if families[name] == "text" else (),
        )
        yield facts


_PARTS = ("nulls", "nans", "distinct", "low", "high", "length")


def _measures(column: IbisValue, family: Family) -> dict[str, IbisValue]:
    measures = {"nulls": column.isnull().sum(), "distinct": column.nunique()}
    if family == "float":
        number = as_number(column)
        finite = ~(number.isnan() | number.isinf())
        measures["nans"] = (~finite).sum()
        measures |= {"low": number.min(where=finite), "high": number.max(where=finite)}
    elif family in {"integer", "time"}:
        measures |= {"low": column.min(), "high": column.max()}
    elif family == "text":
        measures["length"] = column.length().mean()
    return measures


def _values(table: IbisTable, name: str) -> dict[Value, int]:
    if family_of(table[name]) in {"time", "other"}:
        return {}
    column = as_number(table[name]) if table[name].type().is_decimal() else table[name]
    counted = table.select(v=column).group_by("v").aggregate(n=lambda t: t.count())
    found = counted.order_by("v").to_pyarrow().to_pylist()
    return {row["v"]: row["n"] for row in found if row["v"] is not None and row["v"] == row["v"]}


def _sample(table: IbisTable, name: str) -> tuple[str, ...]:
    texts = table.select(v=table[name]).filter(lambda t: t.v.notnull()).distinct().limit(SAMPLE)
    return tuple(texts.to_pyarrow()["v"].to_pylist())

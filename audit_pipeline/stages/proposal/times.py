"""Which column says when a row happened, and how it is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import ibis

from audit_pipeline.profiles.engine import IbisTable, one_row, try_strptime
from audit_pipeline.stages.proposal.facts import ColumnFacts
from audit_pipeline.stages.proposal.naming import TIME_FIRST, personal_name, words

DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%Y%m%d")
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", "T%H:%M", "T%H:%M:%S", "T%H:%M:%S.%f")
ZONES = ("", "%z")
FORMATS = (
    *(
        day + clock + zone
        for day in DAYS
        for clock in CLOCKS
        for zone in (ZONES if clock else ("",))
    ),
    "%Y-%m",
)
YEARS = 1900, 2100
LEGIBLE = 0.98
"""Share of the texts that a format must be able to read."""
LOOKED_AT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """A column that can say when a row happened. `format` is that of the audit file."""

    column: str
    format: str
    why: str
    alternatives: tuple[str, ...] = ()
    """Other formats that read the same texts: 03/04 is March or April."""

    @property
    def setting(self) -> str | dict[str, str]:
        """What stands under `timestamp:` in the audit file."""
        if self.format == "timestamp":
            return self.column
        return {"column": self.column, "format": self.format}


def times_in(table: IbisTable, facts: Mapping[str, ColumnFacts]) -> list[Time]:
    """Return the columns that can say when a row happened, the likeliest first."""
    found = [time for each in facts.values() if (time := time_of(table, each)) is not None]
    order = list(facts)
    return sorted(found, key=lambda t: (_rank(facts[t.column]), order.index(t.column)))


def time_of(table: IbisTable, facts: ColumnFacts) -> Time | None:
    """Return how a column tells the time, None if it does not."""
    if not facts.rows or facts.missing == facts.rows:
        return None
    if facts.family == "time":
        return Time(column=facts.name, format="timestamp", why=f"it is a {facts.type}")
    if facts.family == "integer" and isinstance(facts.low, int) and isinstance(facts.high, int):
        named = "year" in words(facts.name) or facts.name.lower() == "yr"
        if named and YEARS[0] <= facts.low <= facts.high <= YEARS[1]:
            return Time(column=facts.name, format="year", why="it is an integer year")
        texts: Iterable[str] = (str(facts.low), str(facts.high))
        if not {"date", "day"} & set(words(facts.name)):
            return None
    elif facts.family == "text":
        texts = facts.sample[:LOOKED_AT]
    else:
        return None
    return _written(table, facts, list(texts))


def _written(table: IbisTable, facts: ColumnFacts, texts: list[str]) -> Time | None:
    likely = [form for form in FORMATS if texts and all(_reads(form, text) for text in texts)]
    if not likely:
        return None
    text = table[facts.name].cast("string")
    read = {
        f"f{number}": try_strptime(text, form).notnull().sum() for number, form in enumerate(likely)
    }
    counted = one_row(table.aggregate(**read))
    there = facts.rows - facts.missing
    good = [form for number, form in enumerate(likely) if counted[f"f{number}"] >= LEGIBLE * there]
    if not good:
        return None
    why = f"its texts read as {good[0]}"
    return Time(column=facts.name, format=good[0], why=why, alternatives=tuple(good[1:]))


def _reads(form: str, text: str) -> bool:
    try:
        datetime.strptime(text.strip(), form)  # noqa: DTZ007 (only whether it can be read)
    except ValueError:
        return False
    return True


def _rank(facts: ColumnFacts) -> tuple[bool, bool, bool, int]:
    """Return where a column stands among those that tell a time: the smallest first.

    When a row happened is known of every row, is one of the first columns, and is nobody's
    birthday.
    """
    said = set(words(facts.name))
    first = next((i for i, word in enumerate(TIME_FIRST) if word in said), len(TIME_FIRST))
    named = first < len(TIME_FIRST)
    exact = facts.name.lower() in TIME_FIRST
    return (personal_name(facts.name) is not None, facts.missing > 0, not named, 0 if exact else 1)


def constant(moment: datetime) -> ibis.Value:
    """Return a time as a column of one value."""
    return ibis.literal(moment, "timestamp")

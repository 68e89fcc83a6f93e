"""One column in picture and table: baseline beside current."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from audit_pipeline.profiles.profile import CategoricalColumn, Column, NumericColumn
from audit_pipeline.report import naming
from audit_pipeline.report.base import ReportInput
from audit_pipeline.report.lines import NOTHING
from audit_pipeline.report.numbers import number, percent
from audit_pipeline.report.pictures.bars import Bar, Named, bars
from audit_pipeline.report.pictures.outlines import outlines
from audit_pipeline.report.suppression import SMALL, SMALLEST, cells, hidden, shown

MOST_CATEGORIES = 12
QUARTILES = {"lower quarter": 0.25, "median": 0.5, "upper quarter": 0.75}
ENOUGH_FOR_QUARTILES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A picture of a column and the same as rows of a table: name, baseline, current."""

    picture: Markup | None
    table: tuple[tuple[str, str, str], ...]
    note: str = ""


def describe(report: ReportInput, name: str) -> Described | None:
    """Return the column in picture and table, or None where neither profile has it."""
    before = report.baseline.columns.get(name) if report.baseline else None
    now = report.current.columns.get(name) if report.current else None
    title = naming.column(report, name)
    if isinstance(before, CategoricalColumn | None) and isinstance(now, CategoricalColumn | None):
        return _categories(report, name, before, now) if before or now else None
    if isinstance(before, NumericColumn | None) and isinstance(now, NumericColumn | None):
        return _numbers(title, before, now)
    return Described(picture=None, table=(), note="The column's kind changed: no common picture.")


def _numbers(title: str, before: NumericColumn | None, now: NumericColumn | None) -> Described:
    drawn = outlines(
        before.histogram if before else None,
        now.histogram if now else None,
        f"Distribution of {title}",
        title,
    )
    rows = zip(_facts(before), _facts(now), strict=True)
    beyond = drawn.beyond if drawn else 0.0
    note = f"{percent(beyond)} of the current rows lie beyond the axis." if beyond else ""
    return Described(
        picture=drawn.drawn if drawn else None,
        table=tuple((fact, first, second) for (fact, first), (_, second) in rows),
        note=note,
    )


def _facts(column: NumericColumn | None) -> list[tuple[str, str]]:
    mean = column.mean if column else None
    spread = column.standard_deviation if column else None
    few = column is None or column.histogram.rows < SMALLEST
    facts = [
        ("rows", shown(column.rows) if column else NOTHING),
        ("missing", _missing(column)),
        ("mean", NOTHING if mean is None or few else number(mean)),
        ("standard deviation", NOTHING if spread is None or few else number(spread)),
    ]
    return facts + [(name, _quantile(column, at)) for name, at in QUARTILES.items()]


def _quantile(column: NumericColumn | None, at: float) -> str:
    if column is None or column.histogram.rows < ENOUGH_FOR_QUARTILES:
        return NOTHING
    histogram = column.histogram
    place = int(np.searchsorted(np.cumsum(histogram.shares), at))
    return number(float(histogram.middles[min(place, len(histogram.middles) - 1)]))


def _missing(column: Column | None) -> str:
    """Return how much of a column has no value, by reason."""
    if column is None:
        return NOTHING
    if not column.missing or not column.rows:
        return "none"
    total = sum(column.missing.values())
    if total < SMALLEST:
        return f"{SMALL} rows"
    reasons = ", ".join(sorted(column.missing))
    return f"{percent(total / column.rows)} ({reasons})"


def _categories(
    report: ReportInput, name: str, before: CategoricalColumn | None, now: CategoricalColumn | None
) -> Described:
    first, second = _shares(before), _shares(now)
    rare = _unnamed(first, second, known=report.labels.get(name, {}))
    codes = _largest(first, second, rare)
    pairs = [(naming.category(report, name, c), first.get(c), second.get(c)) for c in codes]
    total = len({*first, *second} - {""} - rare)
    if "" in first or "" in second:
        pairs.append(("all others together", first.get(""), second.get("")))
    rows = [
        Named(
            name=label,
            baseline=None if before is None else _bar(one),
            current=_bar(two),
        )
        for label, one, two in pairs
    ]
    title = naming.column(report, name)
    picture = bars(
        rows,
        title=f"Categories of {title}",
        description=f"Share of rows in {len(codes)} categories, baseline above current.",
        unit="share of rows with a value",
        label=percent,
    )
    absent = ("missing", _missing(before), _missing(now))
    table = tuple((label, _cell(one), _cell(two)) for label, one, two in pairs)
    more = total - len(codes)
    notes = [f"The {len(codes)} largest of {total} categories."] if more > 0 else []
    if rare:
        notes.append(f"Values of fewer than {SMALLEST} rows are not named: {len(rare)}.")
    return Described(picture=picture, table=(*table, absent), note=" ".join(notes))


Share = tuple[str, float | None]  # the rows as text, and the share where it may be shown


def _shares(column: CategoricalColumn | None) -> dict[str, Share]:
    """Return each category's rows and share; the empty key is the folded tail."""
    if column is None:
        return {}
    counts = {**column.counts, **({"": column.folded} if column.folded else {})}
    mass = {**column.mass, "": column.folded_mass}
    total = sum(column.mass.values()) + column.folded_mass
    texts = cells(counts)
    return {
        code: (texts[code], None if hidden(texts[code]) or not total else mass[code] / total)
        for code in counts
    }


def _unnamed(
    first: dict[str, Share], second: dict[str, Share], known: Mapping[str, str]
) -> frozenset[str]:
    """Return the codes of a few rows on either side: free text among them may name a person."""
    codes = {*first, *second} - {""} - set(known)
    sides = (first, second)
    return frozenset(
        c for c in codes if all(side.get(c, (SMALL, None))[0] == SMALL for side in sides)
    )


def _largest(first: dict[str, Share], second: dict[str, Share], rare: frozenset[str]) -> list[str]:
    """Return the codes with the largest share on either side, in the order of their codes."""

    def size(code: str) -> float:
        return max((side.get(code, ("", None))[1] or 0.0) for side in (first, second))

    codes = sorted({*first, *second} - {""} - rare, key=lambda code: (-size(code), code))
    kept = codes[:MOST_CATEGORIES]
    if all(code.lstrip("-").isdecimal() for code in kept):
        return sorted(kept, key=int)
    return kept


def _bar(share: Share | None) -> Bar:
    if share is None:
        return Bar(length=None, words=SMALL)
    words, length = share
    return Bar(length=length, words=words if length is None else percent(length))


def _cell(share: Share | None) -> str:
    if share is None:
        return SMALL
    words, length = share
    return words if length is None else f"{words} ({percent(length)})"

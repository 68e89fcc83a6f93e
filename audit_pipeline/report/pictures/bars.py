"""Horizontal bars: one or two for each name, with a whisker where the length is an estimate."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from audit_pipeline.report.numbers import compact
from audit_pipeline.report.pictures.axis import Axis, Label, fitted
from audit_pipeline.report.pictures.svg import (
    WIDTH,
    element,
    line,
    picture,
    rectangle,
    shortened,
    text,
)

NAMES, VALUES, TOP = 118, 64, 6
THIN, THICK = 12, 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: its length, the text at its end, and how sure the length is.

    `length` is None where it may not be shown; the text then says why.
    """

    length: float | None
    words: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name and its bars; `baseline` is left out in a picture of one window."""

    name: str
    current: Bar
    baseline: Bar | None = None


def bars(
    rows: Sequence[Named], *, title: str, description: str, unit: str, label: Label = compact
) -> Markup:
    """Return a picture of `rows`, each with its baseline bar above its current one."""
    lengths = [
        value
        for row in rows
        for bar in (row.baseline, row.current)
        if bar is not None
        for value in (bar.length, bar.low, bar.high)
        if value is not None
    ]
    axis = fitted([0.0, *lengths], NAMES, WIDTH - VALUES, wanted=3)
    shapes: list[Markup] = []
    y = float(TOP)
    for row in rows:
        shape, y = _row(row, axis, y)
        shapes.append(shape)
    drawn = axis.drawn(0, y, unit, label)
    return picture(drawn, *shapes, height=y + 36, title=title, description=description)


def _row(row: Named, axis: Axis, top: float) -> tuple[Markup, float]:
    height = THICK if row.baseline is None else THIN
    shapes, y = [], top
    if row.baseline is not None:
        shapes.append(_bar(row.baseline, axis, y, height, "baseline"))
        y += height + 1
    shapes.append(_bar(row.current, axis, y, height, "current"))
    y += height
    name = text(shortened(row.name, NAMES - 8), NAMES - 6, (top + y) / 2 + 4, "end")
    return element("g", element("title", row.name), name, *shapes), y + 8


def _bar(bar: Bar, axis: Axis, y: float, height: float, class_: str) -> Markup:
    middle = y + height / 2
    shapes: list[Markup] = []
    reach = axis.at(0.0)
    if bar.length is not None:
        start, end = sorted((axis.at(0.0), axis.at(bar.length)))
        shapes.append(rectangle(start, y, end - start, height, f"bar {class_}"))
        reach = end
    if bar.low is not None and bar.high is not None:
        low, high = axis.at(bar.low), axis.at(bar.high)
        shapes += whisker(low, high, middle)
        reach = max(reach, high)
    words = text(bar.words, reach + 4, middle + 4, f"value {class_}")
    return Markup("").join([*shapes, words])


def whisker(low: float, high: float, y: float) -> list[Markup]:
    """Return an interval as a line with a short cap at either end, at places of the picture."""
    return [
        line((low, y), (high, y), "whisker"),
        line((low, y - 3), (low, y + 3), "whisker"),
        line((high, y - 3), (high, y + 3), "whisker"),
    ]

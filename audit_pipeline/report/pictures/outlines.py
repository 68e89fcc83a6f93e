"""Two distributions of a number over each other: baseline filled, current as a line."""

import math
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from audit_pipeline.profiles.histogram import FloatArray, Histogram
from audit_pipeline.report.numbers import percent
from audit_pipeline.report.pictures.axis import Axis, fitted
from audit_pipeline.report.pictures.svg import WIDTH, line, path, picture, text
from audit_pipeline.report.suppression import SMALLEST

MOST_BARS = 40
ROWS_PER_BAR = 50  # fewer bars for fewer rows: most of them should not be small cells
TAIL = 0.005  # share at either end that may be cut off where it would squeeze the rest
LEFT, RIGHT, TOP, BOTTOM, HEIGHT = 44, WIDTH - 20, 10, 150, 186


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlines:
    """A picture and what must be said beside it."""

    drawn: Markup
    beyond: float
    """Share of the current rows outside the axis."""


def outlines(
    baseline: Histogram | None, current: Histogram | None, title: str, unit: str
) -> Outlines | None:
    """Return the two distributions as shares per bar, or None when neither has a row.

    The fine bins are counted into at most 40 bars of one width. The axis holds the middle 99 %
    and is rounded outward, so no single row's value can be read off; a bar of fewer than 10 rows
    is drawn empty.
    """
    both = [h for h in (baseline, current) if h is not None and h.rows]
    if not both:
        return None
    edges, axis = _edges(both)
    first, second = (_bars(h, edges) for h in (baseline, current))
    top = max([float(b.max()) for b in (first, second) if b is not None], default=0.0) or 1.0
    shapes = [_shares_axis(top), axis.drawn(TOP, BOTTOM, unit)]
    for name, bars in (("baseline", first), ("current", second)):
        if bars is not None:
            shapes.append(path(_steps(edges, bars / top, axis), f"outline {name}"))
    description = (
        f"Shares of rows by {unit or 'value'}, the highest bar {percent(top)};"
        " the filled area is the baseline, the line is the current window."
    )
    drawn = picture(*shapes, height=HEIGHT, title=title, description=description)
    return Outlines(drawn=drawn, beyond=_beyond(current, axis))


def _edges(both: list[Histogram]) -> tuple[FloatArray, Axis]:
    lows, highs = zip(*(_reach(h) for h in both), strict=True)
    axis = fitted((min(lows), max(highs)), LEFT, RIGHT)
    bars = max(5, min(MOST_BARS, min(h.rows for h in both) // ROWS_PER_BAR))
    width = (axis.high - axis.low) / bars
    if all(_whole(h) for h in both):  # bars that hold two ages here and three there look ragged
        width = float(max(1, math.ceil(width)))
        stop = axis.high + width
        return np.arange(axis.low - 0.5, stop, width), axis
    return np.linspace(axis.low, axis.high, bars + 1), axis


def _whole(histogram: Histogram) -> bool:
    return bool((histogram.widths == 0).all() and (histogram.lows % 1 == 0).all())


def _reach(histogram: Histogram) -> tuple[float, float]:
    """Return the ends of the middle 99 %, or of everything where that is not much wider."""
    cumulated = np.cumsum(histogram.counts) / histogram.rows
    last = len(cumulated) - 1
    inner = float(histogram.lows[min(int(np.searchsorted(cumulated, TAIL)), last)])
    outer = float(histogram.highs[min(int(np.searchsorted(cumulated, 1 - TAIL)), last)])
    low, high = float(histogram.lows[0]), float(histogram.highs[-1])
    return (low, high) if high - low <= 1.5 * (outer - inner) else (inner, outer)


def _bars(histogram: Histogram | None, edges: FloatArray) -> FloatArray | None:
    if histogram is None or not histogram.rows:
        return None
    rows, _ = np.histogram(histogram.middles, edges, weights=histogram.counts)
    mass, _ = np.histogram(histogram.middles, edges, weights=histogram.mass)
    shares = mass / histogram.mass.sum() if histogram.mass.sum() else rows * 0.0
    return np.where(rows < SMALLEST, 0.0, shares)


def _steps(edges: FloatArray, heights: FloatArray, axis: Axis) -> list[tuple[float, float]]:
    points = [(axis.at(float(edges[0])), float(BOTTOM))]
    for left, right, height in zip(edges, edges[1:], heights, strict=False):
        y = BOTTOM - float(height) * (BOTTOM - TOP)
        points += [(axis.at(float(left)), y), (axis.at(float(right)), y)]
    return [*points, (axis.at(float(edges[-1])), float(BOTTOM))]


def _shares_axis(top: float) -> Markup:
    middle = (TOP + BOTTOM) / 2
    words = [
        text(percent(share), LEFT - 4, y + 4, "end")
        for share, y in ((top, TOP), (top / 2, middle), (0.0, BOTTOM))
    ]
    lines = [line((LEFT, y), (RIGHT, y), "grid") for y in (TOP, middle, BOTTOM)]
    return Markup("").join([*lines, *words])


def _beyond(current: Histogram | None, axis: Axis) -> float:
    if current is None or not current.rows:
        return 0.0
    outside = (current.middles < axis.low) | (current.middles > axis.high)
    return float(current.counts[outside].sum() / current.rows)

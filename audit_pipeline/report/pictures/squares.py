"""Two quantities against each other on a square or a strip: reliability and dependence."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from audit_pipeline.report.numbers import compact, percent
from audit_pipeline.report.pictures.axis import Axis, Label, fitted, tidy
from audit_pipeline.report.pictures.svg import WIDTH, dot, line, path, picture, text

LEFT, RIGHT, TOP = 50, WIDTH - 22, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One mean at `x`, with its interval where it has one."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None


def reliability(
    baseline: Sequence[Point], current: Sequence[Point], *, title: str, description: str
) -> Markup:
    """Return what was said against what came; on the dashed line both agree."""
    across = Axis(low=0, high=1, step=0.25, left=LEFT, right=RIGHT)
    up = Axis(low=0, high=1, step=0.25, left=RIGHT - LEFT + TOP, right=TOP)
    floor = up.left
    shapes = [
        across.drawn(TOP, floor, "mean score (what the model said)", percent),
        _upright(up, percent),
        line((LEFT, floor), (RIGHT, TOP), "diagonal"),
    ]
    for points, name in ((baseline, "baseline"), (current, "current")):
        shapes += _series(points, across, up, name)
    return picture(*shapes, height=floor + 36, title=title, description=description)


def dependence(points: Sequence[Point], *, title: str, description: str, unit: str) -> Markup:
    """Return the mean contribution over the values of one number, with its whiskers."""
    ends = [v for p in points for v in (p.y, p.low, p.high) if v is not None]
    bottom = 128
    up = fitted([0.0, *ends], bottom, TOP)
    across = fitted((p.x for p in points), LEFT + 8, RIGHT - 8)
    shapes = [
        across.drawn(TOP, bottom, unit),
        _upright(up, compact),
        line((LEFT, up.at(0)), (RIGHT, up.at(0)), "zero"),
        *_series(points, across, up, "current"),
    ]
    return picture(*shapes, height=bottom + 36, title=title, description=description)


def _upright(up: Axis, label: Label) -> Markup:
    shapes = [line((LEFT, up.at(v)), (RIGHT, up.at(v)), "grid") for v in up.ticks]
    words = [text(label(tidy(v)), LEFT - 4, up.at(v) + 4, "end") for v in up.ticks]
    return Markup("").join([*shapes, *words])


def _series(points: Sequence[Point], across: Axis, up: Axis, class_: str) -> list[Markup]:
    places = [(across.at(p.x), up.at(p.y)) for p in points]
    shapes = [path(places, f"joined {class_}")] if len(places) > 1 else []
    for point, (x, y) in zip(points, places, strict=True):
        if point.low is not None and point.high is not None:
            shapes.append(line((x, up.at(point.low)), (x, up.at(point.high)), "whisker"))
        shapes.append(dot(x, y, class_))
    return shapes

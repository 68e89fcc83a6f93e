"""Small pictures of many windows: their verdicts side by side, and a number through time."""

# ruff: noqa: S704 (our own shapes and numbers; what is filled in is escaped)

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

from markupsafe import Markup

from audit_pipeline.report.lines import NOTHING
from audit_pipeline.report.numbers import compact, number, percent
from audit_pipeline.report.pictures.axis import Axis, fitted, tidy
from audit_pipeline.report.pictures.svg import WIDTH
from audit_pipeline.report.verdicts import WORDS
from audit_pipeline.site.content import Series, Shown

STEP, SIZE = 17, 15
_SHAPES = {  # written by the thousand, so each in one step
    verdict: Markup(
        f'<use href="#v-{verdict}" class="v-{verdict}" x="{{}}" width="{SIZE}" height="{SIZE}">'
        f"<title>{{}}: {word.word}</title></use>"
    )
    for verdict, word in WORDS.items()
}
LEFT, RIGHT, TOP, BOTTOM = 46.0, WIDTH - 10.0, 8.0, 78.0
SPARK_WIDTH, SPARK_HEIGHT = 96.0, 22.0


def strip(windows: Sequence[Shown]) -> Markup:
    """Return the verdicts of windows as shapes, the oldest first, each with its words on hover."""
    counts = Counter(shown.verdict for shown in windows)
    told = ", ".join(f"{counts[v]} {WORDS[v].word}" for v in WORDS if v in counts)
    width = STEP * len(windows)
    shapes = [
        _SHAPES[shown.verdict].format(STEP * n, shown.window) for n, shown in enumerate(windows)
    ]
    return Markup(
        '<svg class="verdicts" width="{}" height="{}" viewBox="0 0 {} {}" role="img"'
        ' aria-label="The last {} audited windows: {}">{}</svg>'
    ).format(width, SIZE, width, SIZE, len(windows), told, Markup("").join(shapes))


def written(series: Series, value: float | None) -> str:
    """Return a number of a metric for people, and a dash where there is none.

    >>> series = Series(metric="a", title="A", unit="share of rows", phrase="", values=())
    >>> written(series, 0.25).replace(chr(160), " "), written(series, None) == NOTHING
    ('25 %', True)
    """
    if value is None:
        return NOTHING
    return _label(series)(value)


def limits_told(series: Series) -> str:
    """Return in words where a number warns and fails, nothing where it does neither.

    >>> from audit_pipeline.site.content import Limits
    >>> limits = Limits(warn=0.1, fail=0.25)
    >>> limits_told(
    ...     Series(metric="a", title="A", unit="", phrase="", values=(), limits=limits)
    ... )
    'warns above 0.1, fails above 0.25'
    """
    beyond = "below" if series.limits.lower_is_worse else "above"
    bounds = {"warns": series.limits.warn, "fails": series.limits.fail}
    told = [f"{what} {beyond} {written(series, v)}" for what, v in bounds.items() if v is not None]
    return ", ".join(told)


def _label(series: Series) -> Callable[[float], str]:
    return percent if series.unit.startswith("share") else number


def sparkline(series: Series) -> Markup:
    """Return a number through time as a line as small as a word, its last point a dot."""
    up = _axis(series, SPARK_HEIGHT - 3, 3.0)
    places = _places(series, up, 3.0, SPARK_WIDTH - 5)
    last = next(place for place in reversed(places) if place is not None)
    return _SPARK.format(_course(places), f"{last[0]:.0f}", f"{last[1]:.1f}")


_SPARK = Markup(
    f'<svg class="spark" viewBox="0 0 {SPARK_WIDTH:g} {SPARK_HEIGHT:g}" aria-hidden="true">'
    '<path class="line" d="{}"/><circle cx="{}" cy="{}" r="2.6"/></svg>'
)


def trend(series: Series, windows: Sequence[Shown]) -> Markup:
    """Return a number through time on its axis; a window without the number is left blank."""
    up = _axis(series, BOTTOM, TOP, bounded=True)
    label = percent if series.unit.startswith("share") else compact
    bounds = {"warn": series.limits.warn, "fail": series.limits.fail}
    limits = [_LIMIT.format(name, up.at(v)) for name, v in bounds.items() if v is not None]
    lines = "".join(f"M{LEFT:g},{up.at(v):.0f}H{RIGHT:g}" for v in up.ticks)
    ticks = [_tick(up.at(v) + 4, label(tidy(v))) for v in up.ticks]
    first = _FIRST.format(windows[0].window) if len(windows) > 1 else ""
    return _PICTURE.format(
        title=f"{series.title} over {len(windows)} windows",
        lines=lines,
        ticks=Markup("").join(ticks),
        limits=Markup("").join(limits),
        course=_course(_places(series, up, LEFT + 8, RIGHT - 8)),
        first=first,
        last=windows[-1].window,
    )


_PICTURE = Markup(
    f'<svg class="picture" viewBox="0 0 {WIDTH} {BOTTOM + 20:g}" role="img" aria-label="{{title}}">'
    '<path class="grid" d="{lines}"/>{ticks}{limits}<path class="course" d="{course}"/>{first}'
    f'<text class="word end small" x="{RIGHT:g}" y="{BOTTOM + 15:g}">{{last}}</text></svg>'
)
_FIRST = Markup(f'<text class="word small" x="{LEFT:g}" y="{BOTTOM + 15:g}">{{}}</text>')
_LIMIT = Markup(f'<path class="limit {{}}" d="M{LEFT:g},{{:.1f}}H{RIGHT:g}"/>')
_TICK = Markup(f'<text class="word end small" x="{LEFT - 4:g}" y="{{:.0f}}">{{}}</text>')


def _tick(y: float, words: str) -> Markup:
    return _TICK.format(y, words)


def _axis(series: Series, bottom: float, top: float, *, bounded: bool = False) -> Axis:
    """Return the axis that holds a series; one that never moves stands on its ground, zero."""
    values = {value for value in series.values if value is not None}
    if bounded:
        values |= {v for v in (series.limits.warn, series.limits.fail) if v is not None}
    if len(values) == 1:
        values |= {0.0} if values != {0.0} else {0.0, 0.1}
    return fitted(values, bottom, top, wanted=2)


Place = tuple[float, float] | None


def _places(series: Series, up: Axis, left: float, right: float) -> list[Place]:
    last = max(len(series.values) - 1, 1)
    return [
        None if value is None else (left + (right - left) * n / last, up.at(value))
        for n, value in enumerate(series.values)
    ]


def _course(places: Sequence[Place]) -> str:
    """Return the line through neighbouring points; across windows without one it is not drawn."""
    drawn = ""
    for before, now in pairwise([None, *places]):
        if now is not None:
            drawn += f"{'M' if before is None else 'L'}{now[0]:.0f},{now[1]:.1f}"
    return drawn

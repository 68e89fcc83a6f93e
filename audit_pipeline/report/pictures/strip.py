"""One number on its own axis: baseline, current with its interval, and the limits."""

from dataclasses import dataclass

from markupsafe import Markup

from audit_pipeline.report.numbers import number
from audit_pipeline.report.pictures.axis import Axis, Label, fitted
from audit_pipeline.report.pictures.bars import whisker
from audit_pipeline.report.pictures.svg import WIDTH, dot, element, line, picture, text

LEFT, RIGHT, TOP, BOTTOM, HEIGHT = 24, WIDTH - 24, 28, 78, 98


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """What is drawn; all in the unit of the number, None where there is none."""

    value: float
    baseline: float | None = None
    low: float | None = None
    high: float | None = None
    warn: float | None = None
    fail: float | None = None


def strip(shown: Strip, *, title: str, label: Label = number) -> Markup:
    """Return a picture of one number: diamond baseline, dot and whisker current, limits lines."""
    values = (shown.value, shown.baseline, shown.low, shown.high, shown.warn, shown.fail)
    axis = fitted([value for value in values if value is not None], LEFT, RIGHT)
    shapes = [axis.drawn(TOP, BOTTOM, "", label), *_limits(shown, axis)]
    if shown.baseline is not None:
        shapes.append(dot(axis.at(shown.baseline), TOP + 14, "baseline"))
    if shown.low is not None and shown.high is not None:
        shapes += whisker(axis.at(shown.low), axis.at(shown.high), BOTTOM - 14)
    shapes.append(dot(axis.at(shown.value), BOTTOM - 14, "current"))
    return picture(*shapes, height=HEIGHT, title=title, description=_words(shown, label))


def _limits(shown: Strip, axis: Axis) -> list[Markup]:
    found = [(shown.warn, "warn"), (shown.fail, "fail")]
    drawn = [(axis.at(value), name) for value, name in found if value is not None]
    close = len(drawn) > 1 and abs(drawn[0][0] - drawn[1][0]) < 34  # noqa: PLR2004 (two words)
    return [
        element(
            "g",
            line((x, TOP - 6), (x, BOTTOM), f"limit {name}"),
            text(name, x, TOP - (19 if close and name == "warn" else 9) + 1, "middle small"),
        )
        for x, name in drawn
    ]


def _words(shown: Strip, label: Label) -> str:
    words = [f"Current {label(shown.value)}"]
    if shown.low is not None and shown.high is not None:
        words.append(f"95 % interval {label(shown.low)} to {label(shown.high)}")
    for name, value in (
        ("baseline", shown.baseline),
        ("warning limit", shown.warn),
        ("failure limit", shown.fail),
    ):
        if value is not None:
            words.append(f"{name} {label(value)}")
    return "; ".join(words) + "."

"""Boxes and lines of the lineage picture, at places of its drawing board."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.report.pictures.svg import element, rectangle, text

SIZE = 11.5
"""Size of the letters, as the style of `.word` has it."""
STRONG = SIZE * 1.1
"""Size of letters as wide as strong ones of that size."""
PAD, MARK, LINE = 9, 13, 16
_NARROWEST = 0.37
_NARROW, _WIDE = frozenset("iljtfrI.,:;'|!()[]- "), frozenset("mwMW@%&—…")


@dataclass(frozen=True, slots=True)
class Box:
    """A place on the board; lines come in at its left and go out at its right."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Where lines go out."""
        return self.x + self.width

    @property
    def middle(self) -> float:
        """The height at which they do."""
        return self.y + self.height / 2

    @property
    def bottom(self) -> float:
        """Where it ends."""
        return self.y + self.height

    def entry(self, place: int, places: int) -> float:
        """Return the height at which one of several lines comes in."""
        return self.y + self.height * (place + 1) / (places + 1)


@dataclass(frozen=True, slots=True)
class Said:
    """One line of words in a box, with the shape of a verdict before it, if any."""

    words: str
    verdict: Verdict | None = None
    class_: str = ""


def boxed(box: Box, lines: Sequence[Sequence[Said]], hover: str, class_: str = "") -> Markup:
    """Return a box with its lines of words in it, cut where they would not fit."""
    top = box.middle - len(lines) * LINE / 2
    written = [_written(line, box, top + LINE * i) for i, line in enumerate(lines)]
    frame = element(
        "rect",
        x=box.x,
        y=box.y,
        width=box.width,
        height=box.height,
        rx=5,
        class_=f"node {class_}".strip(),
    )
    return element("g", element("title", hover), frame, *written)


def wrapped(words: Sequence[Said], room: float) -> list[list[Said]]:
    """Return short words in as few lines as they need, none wider than `room`."""
    lines: list[list[Said]] = []
    left = 0.0
    for said in words:
        needed = _width(said) + PAD
        if not lines or needed - PAD > left:
            lines.append([])
            left = room
        lines[-1].append(said)
        left -= needed
    return lines


def mark(verdict: Verdict, x: float, y: float, size: float = MARK) -> Markup:
    """Return the shape of a verdict, which the page draws once and for all."""
    return element(
        "use",
        href=f"#v-{verdict.value}",
        x=x,
        y=y,
        width=size,
        height=size,
        class_=f"mark-of v-{verdict.value}",
    )


def curve(start: tuple[float, float], end: tuple[float, float], straight: float = 0.0) -> str:
    """Return the way from a box to the next: level at both ends, and level up to `straight`."""
    x, y = start
    first = f"M{x:.1f},{y:.1f}"
    if straight > x:
        x, first = straight, f"{first} H{straight:.1f}"
    half = (x + end[0]) / 2
    return f"{first} C{half:.1f},{y:.1f} {half:.1f},{end[1]:.1f} {end[0]:.1f},{end[1]:.1f}"


def flow(way: str, hover: str, width: float = 1.5, class_: str = "") -> Markup:
    """Return a line along `way`; it says what it is when it is pointed at."""
    shape = element("path", d=way, stroke_width=width, class_=f"flow {class_}".strip())
    return element("g", element("title", hover), shape)


def cut(words: str, room: float, size: float = SIZE) -> str:
    """Return as much of `words` as fits into `room`, by how wide its letters are.

    The middle is left out: names of columns differ at their ends as often as at their beginnings.

    >>> cut("mmmmmm", 50), cut("iiiiii", 50), cut("income_of_partner", 70)
    ('mm…m', 'iiiiii', 'incom…ner')
    """
    if wide(words, size) <= room:
        return words
    most = min(len(words), int(room / (size * _NARROWEST)))  # no more could fit: do not try
    letters = next((n for n in range(most, 0, -1) if wide(_kept(words, n), size) <= room), 0)
    return _kept(words, letters)


def split(words: str, room: float, size: float = SIZE) -> list[str]:
    """Return words in one line, or in two where they do not fit, at a sign between words if any.

    >>> split("applications_by_day.parquet", 100)
    ['applications_by_', 'day.parquet']
    """
    if wide(words, size) <= room:
        return [words]
    fitting = next((n for n in range(len(words), 0, -1) if wide(words[:n], size) <= room), 1)
    signs = [n for n in range(fitting // 2, fitting + 1) if words[n - 1 : n] in set("_-. /:")]
    at = signs[-1] if signs else fitting
    return [words[:at], words[at:]]


def _kept(words: str, letters: int) -> str:
    last = letters * 2 // 5
    return f"{words[: letters - last].rstrip()}…{words[len(words) - last :].lstrip()}"


def wide(words: str, size: float = SIZE) -> float:
    """Return about how wide words are drawn; rather too wide than too narrow."""
    return size * sum(map(_em, words))


@lru_cache(maxsize=4096)
def _em(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in {"W", "F"} or ord(letter) > 0xFFFF:  # noqa: PLR2004
        return 1.4  # signs and pictures as wide as they are high, and more
    if letter in _NARROW:
        return _NARROWEST
    if letter in _WIDE:
        return 1.0
    return 0.72 if letter.isupper() else 0.6


def _written(line: Sequence[Said], box: Box, top: float) -> Markup:
    x, shapes = box.x + PAD, list[Markup]()
    for said in line:
        start = x
        if said.verdict is not None:
            shapes.append(mark(said.verdict, x, top + (LINE - MARK) / 2))
            start += MARK + 4
        size = STRONG if "strong" in said.class_ else SIZE
        words = cut(said.words, box.right - PAD - start, size)
        shapes.append(text(words, start, top + LINE - 4, said.class_))
        x += _width(said) + PAD
    return Markup("").join(shapes)


def _width(said: Said) -> float:
    return wide(said.words) + (MARK + 4 if said.verdict is not None else 0)


def band(box: Box, hover: str, class_: str) -> Markup:
    """Return a box without words, through which lines pass."""
    frame = rectangle(box.x, box.y, box.width, box.height, f"node {class_}")
    return element("g", element("title", hover), frame)

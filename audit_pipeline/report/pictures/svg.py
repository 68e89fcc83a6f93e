"""SVG as text: every picture is one element tree, and everything in it is escaped."""

from markupsafe import Markup

WIDTH = 360
"""Pictures are as wide as a phone, so that their letters are readable on one."""

LETTER = 6.6
"""Width of an average letter at the size pictures are labelled in."""


def element(name: str, *children: str | Markup, **attributes: float | str) -> Markup:
    """Return one element; attributes and text are escaped, elements in it are not again.

    Underscores in attribute names stand for hyphens, a trailing one is dropped (`class_`).

    >>> element("text", "<b>", x=1, class_="label")
    Markup('<text x="1" class="label">&lt;b&gt;</text>')
    """
    pairs = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _written(value))
        for key, value in attributes.items()
    )
    inner = Markup("").join(children)
    return Markup("<{name}{pairs}>{inner}</{name}>").format(name=name, pairs=pairs, inner=inner)


def picture(*children: Markup, height: float, title: str, description: str) -> Markup:
    """Return a whole picture with the words a screen reader says in its place."""
    return element(
        "svg",
        element("title", title),
        element("desc", description),
        *children,
        class_="picture",
        viewBox=f"0 0 {WIDTH} {height:g}",
        role="img",
        xmlns="http://www.w3.org/2000/svg",
    )


def text(words: str, x: float, y: float, class_: str = "", **attributes: str) -> Markup:
    """Return words that begin, end or have their middle at (x, y), as `class_` says."""
    return element("text", words, x=x, y=y, class_=f"word {class_}".strip(), **attributes)


def line(start: tuple[float, float], end: tuple[float, float], class_: str) -> Markup:
    """Return a straight line."""
    return element("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], class_=class_)


def rectangle(x: float, y: float, width: float, height: float, class_: str) -> Markup:
    """Return a rectangle; one that is too thin to see is drawn half a unit wide."""
    return element("rect", x=x, y=y, width=max(width, 0.5), height=max(height, 0), class_=class_)


def dot(x: float, y: float, class_: str) -> Markup:
    """Return a dot for the current window, or a diamond where `class_` is `baseline`."""
    if class_ == "baseline":
        points = f"{x:.1f},{y - 5:.1f} {x + 5:.1f},{y:.1f} {x:.1f},{y + 5:.1f} {x - 5:.1f},{y:.1f}"
        return element("polygon", points=points, class_="dot baseline")
    return element("circle", cx=x, cy=y, r=4, class_="dot current")


def path(points: list[tuple[float, float]], class_: str) -> Markup:
    """Return a line through `points`."""
    steps = " L".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return element("path", d=f"M{steps}", class_=class_)


def shortened(words: str, room: float) -> str:
    """Return as much of `words` as fits into `room`, with an ellipsis where some is left out.

    >>> shortened("a very long name", 40)
    'a ver…'
    """
    letters = max(1, int(room / LETTER))
    return words if len(words) <= letters else f"{words[: letters - 1]}…"


def _written(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")

"""The page of published figures, made from what the audits came to."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import fill

from audit_pipeline_tests.published.figures import Figure, Finding, Kind, Number

PAGE = Path(__file__).parents[2] / "docs" / "published-results.md"
COMMAND = "python -m audit_pipeline_tests.published"
HEAD = f"""# Published results

Data sets on which others published figures, audited as any model is: an audit file, all stages,
and the figures read from the sealed record. Every published figure is accounted for: it is the
*same* within the precision it was printed with; or it stands in a *relation* to ours that the tests
check, because its definition is another; or it is *not measured*, and the reason says why.

Made by `{COMMAND}` where the data are there (they may not be handed on
with this project); the tests compare the page with what the audits came to.

"""
WIDTH = 120
LINE = "| figure | published | ours | |"
SHOWN = 24
"""Longer texts are cut short: they are lists of names."""


def page(sections: Sequence[str]) -> str:
    """Return the whole page."""
    return HEAD + "\n".join(sections)


def section(title: str, audited: str, found: Sequence[Finding]) -> str:
    """Return the part of the page about one data set."""
    sources = sorted({_source(finding.figure) for finding in found})
    counts = ", ".join(f"{sum(f.kind is kind for f in found)} {kind}" for kind in Kind)
    lines = [
        f"## {title}\n",
        f"{fill(audited, WIDTH)}\n",
        fill(f"{len(found)} published figures: {counts}. Source: {'; '.join(sources)}.", WIDTH),
        "",
        LINE,
        "|---|---|---|---|",
        *_table(found),
        "",
    ]
    return "\n".join(lines)


def _source(figure: Figure) -> str:
    return figure.citation.split(",")[0].split(" table ")[0].split(", cell")[0].strip()


def _table(found: Sequence[Finding]) -> Iterator[str]:
    families: dict[tuple[str, Kind, str], list[Finding]] = {}
    for finding in found:
        families.setdefault((finding.family, finding.kind, finding.note), []).append(finding)
    for (family, kind, note), members in families.items():
        count = f" ({len(members)} figures)" if len(members) > 1 else ""
        published = _range([_read(member.figure) for member in members])
        ours = _range([member.ours for member in members])
        what = f"{kind}: {note}" if note else str(kind)
        yield f"| {family}{count} | {published} | {ours} | {what} |"


def _read(figure: Figure) -> Number:
    try:
        return float(figure.published)
    except ValueError:
        return figure.published


def _range(values: Sequence[Number]) -> str:
    numbers = [float(v) for v in values if isinstance(v, int | float)]
    if len(numbers) == len(values):
        low, high = _written(min(numbers)), _written(max(numbers))
        return low if low == high else f"{low} to {high}"
    texts = list(dict.fromkeys(_shown(value) for value in values))
    return ", ".join(texts) if len(texts) <= len((True, False)) else f"{len(texts)} values"


def _shown(value: Number) -> str:
    if value is None:
        return "none"
    text = str(value)
    return text if len(text) <= SHOWN else "list"


def _written(number: float) -> str:
    """Return a number so that it reads the same whatever the platform: five digits that count."""
    if 0 < abs(number) < 1e-9:
        return "< 1e-9"
    return f"{number:.5g}" if abs(number) < 1e5 else f"{number:.0f}"

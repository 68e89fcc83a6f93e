"""What the verdict rests on, as a picture: from the source to the verdict, left to right."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.report.numbers import count
from audit_pipeline.report.pictures.lineage_board import Board, board, counts_of, folded
from audit_pipeline.report.pictures.lineage_boxes import (
    PAD,
    STRONG,
    Said,
    band,
    boxed,
    cut,
    mark,
    split,
)
from audit_pipeline.report.pictures.lineage_groups import Group, grouped
from audit_pipeline.report.pictures.lineage_lines import lines_of
from audit_pipeline.report.pictures.svg import element, text
from audit_pipeline.report.places import Place
from audit_pipeline.report.resting import Kind, Resting, logged_in
from audit_pipeline.report.verdicts import WORDS

CAPTIONS = {
    "Before": "told by other tools",
    "Source": "where the rows are",
    "Columns": "the worst first",
    "Profile": "counts of all rows",
    "Checks": "counts held to limits",
    "Verdict": "the worst decides",
}
"""What each layer is, under its heading."""

READ = {"snapshot": "rows", "profile": "profile", "baseline": "baseline", "model": "model"}
"""What checks are made from, in the words of the picture."""


def lineage_picture(rests: Resting, verdict: Verdict, window: str) -> Markup:
    """Return the picture: boxes in layers, and lines between what rests on what.

    It grows with the trouble there is, not with the columns: a thousand that passed are one box.
    """
    groups = grouped(rests)
    at = board(rests, groups)
    return element(
        "svg",
        element("title", "What the verdict rests on"),
        element("desc", description(rests, groups, verdict)),
        band(at.counted, "Every column is counted over all rows; no row goes any further", "band"),
        *lines_of(rests, groups, at),
        *_heads(at),
        *_tables(rests, at),
        *_columns(groups, at),
        *_checks(rests.kinds, at),
        _verdict(verdict, window, at),
        class_="picture lineage",
        viewBox=f"0 0 {at.width:g} {at.height:g}",
        role="img",
        xmlns="http://www.w3.org/2000/svg",
    )


def description(rests: Resting, groups: Sequence[Group], verdict: Verdict) -> str:
    """Return the picture in words, for those who do not see it."""
    sources = ", ".join(place.name for each in folded(rests.sources)[:5] for place in each[:1])
    columns = "; ".join(f"{group.title}: {group.words}" for group in groups)
    kinds = "; ".join(f"{kind.title}: {_told(kind)}" for kind in rests.kinds)
    return (
        f"From left to right. Source: {sources or 'none'}. Columns: {columns or 'none'}."
        f" Checks: {kinds or 'none'}. Verdict: {WORDS[verdict].word}."
    )


def _heads(at: Board) -> Iterator[Markup]:
    for name, x in at.heads.items():
        yield text(name, x, 14, "head")
        yield text(CAPTIONS[name], x, 30, "small")


def _tables(rests: Resting, at: Board) -> Iterator[Markup]:
    for places, box in zip(folded(rests.before), at.earlier, strict=True):
        names = split(_name(places), box.width - 2 * PAD, STRONG)
        lines = [[Said(name, class_="strong")] for name in names]
        yield boxed(box, [*lines, [Said("earlier table", class_="soft")]], _full(places))
    for places, box in zip(folded(rests.sources), at.sources, strict=True):
        many = sum(logged_in(column, places, rests.model) for column in rests.columns)
        kind = places[0].title if len(places) == 1 else "Tables"
        words = f"{count(many)} column{'' if many == 1 else 's'}"
        names = split(_name(places), box.width - 2 * PAD, STRONG)
        lines = [[Said(name, class_="strong")] for name in names]
        below = [[Said(f"{kind}: {words if rests.read else 'not read'}", class_="soft")]]
        if len(names) == 1:
            read = f"{words} read" if rests.read else "could not be read"
            below = [[Said(kind)], [Said(read, class_="soft")]]
        lines += below
        yield boxed(box, lines, _full(places))
    if at.model is not None and rests.model is not None:
        lines = [[Said("Model", class_="strong")], [Said(rests.model.name, class_="soft")]]
        yield boxed(at.model, lines, rests.model.dataset.name, "of-model")
    if at.baseline is not None and at.compared is not None:
        said = _name(rests.baselines)
        lines = [[Said("Baseline", class_="strong")], [Said(said, class_="soft")]]
        yield boxed(at.baseline, lines, _full(rests.baselines), "of-baseline")
        lines = [[Said("Baseline", class_="strong")], [Said("profile", class_="soft")]]
        hover = "The baseline, counted in the same way when it was approved"
        yield boxed(at.compared, lines, hover, "of-baseline")


def _columns(groups: Sequence[Group], at: Board) -> Iterator[Markup]:
    for group, box in zip(groups, at.groups, strict=True):
        judged = group.verdict not in {None, Verdict.PASS}
        class_ = f"judged v-{group.verdict.value}" if judged and group.verdict else ""
        lines = [[Said(group.title, class_="strong")], [Said(group.words, group.verdict, "soft")]]
        yield boxed(box, lines, f"{group.names}: {group.words}", class_)


def _checks(kinds: Sequence[Kind], at: Board) -> Iterator[Markup]:
    for kind, box in zip(kinds, at.kinds, strict=True):
        class_ = "" if kind.verdict is Verdict.PASS else f"judged v-{kind.verdict.value}"
        read = f"from {' and '.join(READ[name] for name in READ if name in kind.reads)}"
        said = [Said(read if kind.reads else "", class_="soft")]
        lines = [[Said(kind.title, class_="strong")], said, *counts_of(kind)]
        yield boxed(box, lines, f"{kind.title}: {_told(kind)}", class_)


def _verdict(verdict: Verdict, window: str, at: Board) -> Markup:
    box, word = at.verdict, WORDS[verdict].word
    middle = box.x + box.width / 2
    size = 15 if len(word) < 9 else 12  # noqa: PLR2004 (`Inconclusive` is as wide as the box)
    return element(
        "g",
        boxed(box, [], f"The verdict of {window}: {word}", f"end-node v-{verdict.value}"),
        mark(verdict, middle - 21, box.y + 14, 42),
        text(word, middle, box.y + 78, "middle end-word", style=f"font-size:{size}px"),
        text(cut(window, box.width - 8), middle, box.y + 96, "middle small"),
        class_=f"v-{verdict.value}",
    )


def _told(kind: Kind) -> str:
    return ", ".join(said.words for line in counts_of(kind) for said in line)


def _name(places: Sequence[Place]) -> str:
    return places[0].name if len(places) == 1 else f"{count(len(places))} tables"


def _full(places: Sequence[Place]) -> str:
    return "; ".join(str(place.dataset) for place in places[:10])

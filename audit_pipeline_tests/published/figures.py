"""Published figures, and what became of each: the same, told apart by its definition, or absent."""

import csv
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

SHARED = Path(__file__).parents[3] / "shared" / "data"
Number = float | int | bool | str | None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One published number or text, how far from it a recomputed one may be, and where it stands.

    Texts have no tolerance: they are to be equal.
    """

    id: str
    published: str
    tolerance: float | None
    citation: str

    @property
    def number(self) -> float:
        """The published number."""
        return float(self.published)

    @property
    def decimals(self) -> int:
        """How many decimals were printed."""
        return len(self.published.partition(".")[2])

    def met_by(self, ours: Number) -> bool:
        """Return whether our number is the published one, within its tolerance."""
        if self.tolerance is None or isinstance(ours, str | None):
            return str(ours) == self.published
        return math.isfinite(ours) and abs(ours - self.number) <= self.tolerance


class Kind(StrEnum):
    """How a published figure was accounted for."""

    SAME = "same"
    RELATION = "relation"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What became of one published figure.

    `family` is the line of the page it is told in, `ours` what the sealed record says, `note` why
    it is not simply the same, `holds` whether it is as promised.
    """

    figure: Figure
    family: str
    kind: Kind
    ours: Number
    note: str
    holds: bool


def figures(name: str) -> list[Figure]:
    """Return every published figure of a data set, in the order of its file."""
    with (SHARED / name / "expected.csv").open(encoding="utf-8", newline="") as lines:
        return [
            Figure(
                id=line["id"],
                published=line["published"],
                tolerance=float(line["tolerance"]) if line["tolerance"] else None,
                citation=line["citation"],
            )
            for line in csv.DictReader(lines)
        ]


def same(figure: Figure, family: str, ours: Number, note: str = "") -> Finding:
    """Return the finding of a figure that our measurement is to equal."""
    return Finding(
        figure=figure,
        family=family,
        kind=Kind.SAME,
        ours=ours,
        note=note,
        holds=figure.met_by(ours),
    )


def related(figure: Figure, family: str, ours: Number, relation: str, *, holds: bool) -> Finding:
    """Return the finding of a figure of another definition, and whether the relation holds."""
    return Finding(
        figure=figure,
        family=family,
        kind=Kind.RELATION,
        ours=ours,
        note=relation,
        holds=holds,
    )


def not_measured(figure: Figure, family: str, why: str) -> Finding:
    """Return the finding of a figure that no metric or rule of ours can express."""
    return Finding(
        figure=figure, family=family, kind=Kind.NOT_MEASURED, ours=None, note=why, holds=True
    )


def apart(found: Iterable[Finding]) -> list[str]:
    """Return a sentence for each figure that did not come out as it should."""
    return [
        f"{f.figure.id}: published {f.figure.published}, ours {f.ours}"
        f" (tolerance {f.figure.tolerance}; {f.note or f.kind})"
        for f in found
        if not f.holds
    ]


def unaccounted(name: str, found: Iterable[Finding]) -> Iterator[str]:
    """Yield the id of each published figure that no finding is about."""
    told = [finding.figure for finding in found]
    for figure in figures(name):
        if figure in told:
            told.remove(figure)  # an id may occur more than once, and each counts
        else:
            yield figure.id

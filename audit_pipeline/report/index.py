"""The list of an audit's windows: one HTML file beside their evidence, newest on top."""

from dataclasses import dataclass
from itertools import pairwise

from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.report.filling import fill_file
from audit_pipeline.report.links import report_of, row_of
from audit_pipeline.report.page import writable
from audit_pipeline.report.verdicts import WORDS

IN_STRIP = 120
"""How many windows the strip of verdicts shows; the table has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One revision in the list; `present` tells whether its report stands where it should."""

    revision: int
    verdict: Verdict
    present: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One audited window: its revisions, the last one first.

    `unaudited` counts the windows between it and the audited one before it; None where that
    cannot be told.
    """

    window: str
    revisions: tuple[Listed, ...]
    unaudited: int | None = 0

    @property
    def verdict(self) -> Verdict:
        """The verdict that stands: the last revision's."""
        return self.revisions[0].verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexInput:
    """What the list is made from; `windows` are those that were audited, newest first."""

    audit: str
    title: str
    purpose: str
    owner: str
    windows: tuple[Listing, ...]


def render_index(content: IndexInput) -> str:
    """Return the list of all windows as one self-contained HTML page.

    Its links are relative and lead to the reports below it, so that it works from a copied folder.
    """
    counts = dict.fromkeys(WORDS, 0)
    for listing in content.windows:
        counts[listing.verdict] += 1
    page = fill_file(
        "templates/index.html",
        content=content,
        newest=content.windows[0] if content.windows else None,
        strip=_strip(content.windows),
        rows=_rows(content.windows),
        counts=[(verdict.value, many) for verdict, many in counts.items() if many],
        unaudited=sum(listing.unaudited or 0 for listing in content.windows),
        report_of=report_of,
    )
    return writable(page)


def _rows(windows: tuple[Listing, ...]) -> list[dict[str, object]]:
    """Return what each row says, with the verdict before where it was another."""
    before = [*(older.verdict for _, older in pairwise(windows)), None]
    return [
        {
            "listing": listing,
            "was": was.value if was is not None and was is not listing.verdict else None,
        }
        for listing, was in zip(windows, before, strict=False)
    ]


def _strip(windows: tuple[Listing, ...]) -> list[dict[str, object]]:
    """Return the verdicts of the last windows, oldest first, as a person reads time."""
    return [
        {
            "address": "#" + row_of(listing.window).partition("#")[2],
            "window": listing.window,
            "verdict": listing.verdict.value,
            "unaudited": listing.unaudited if place else 0,  # what came before is not drawn
        }
        for place, listing in enumerate(reversed(windows[:IN_STRIP]))
    ]

"""Our own words at the top of Evidently's page: what it is, and what it does not show."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Literal

from audit_pipeline.drilldown.child import Drawn
from audit_pipeline.drilldown.preflight import Cleared

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline';"
    " font-src data:; img-src data: blob:"
)
"""The browser refuses what the page would ask of any network, whatever the libraries in it do."""
SHOWS = (
    "the distributions of both samples side by side, the drift of each column between them, how"
    " well the model did on the sampled rows that have a label, and each column's missing values,"
    " extremes and quantiles"
)
DOES_NOT_SHOW = (
    "rules, coverage, uncertainty, fairness between groups, explanations, row weights, earlier"
    " windows"
)
NOT_ALL_ROWS = "all rows (the audit measured all of them; this page has a sample), "
STYLE = """
#about{font:15px/1.45 system-ui,"Segoe UI",Roboto,"Liberation Sans",sans-serif;color:#16202b;
background:#f5f6f8;border:1px solid #d5dae0;border-left:8px solid #0067a5;border-radius:6px;
max-width:1228px;margin:16px auto;padding:14px 20px;overflow-wrap:anywhere;box-sizing:border-box}
#about h1{font-size:1.45rem;line-height:1.2;margin:0 0 .4rem}#about h1 small{font-weight:400;
color:#556270}#about p{margin:.35rem 0;max-width:105ch}#about ul{margin:.2rem 0;padding-left:1.2rem}
#about a{color:#0a5aa0}#about summary{cursor:pointer;color:#0a5aa0}#about details{margin:.4rem 0}
#about .wide{overflow-x:auto}#about table{border-collapse:collapse;font-size:.9rem;margin:.4rem 0}
#about td,#about th{text-align:left;padding:2px 14px 2px 0;border-bottom:1px solid #d5dae0;
vertical-align:top}#about .number{text-align:right}
@media(max-width:1270px){#about{margin:16px 12px}}
"""
METHOD = {
    "numeric": "Wasserstein distance, in standard deviations of the baseline",
    "categorical": "Jensen-Shannon distance",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """How many rows were drawn, and of how many."""

    drawn: int
    of: int
    kept: Literal["rows", "sample"] = "rows"
    """What the audit kept to draw from: all rows, or a sample of rows that stay where they are."""

    @property
    def is_all(self) -> bool:
        """Whether no row is missing."""
        return self.drawn == self.of

    def __str__(self) -> str:
        if self.is_all:
            return f"all {self.of:,} rows"
        kept = " (of a sample that the audit kept)" if self.kept == "sample" else ""
        return f"{self.drawn:,} of {self.of:,} rows{kept}"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a reader must know of the page; `report` is the report's address seen from it."""

    audit: str
    window: str
    revision: int
    verdict: str
    report: str
    baseline: Sampled
    current: Sampled
    seed: int
    in_order_of: str | None
    """The column of the time, if the samples are in its order."""


def with_banner(html: str, about: About, cleared: Cleared, drawn: Drawn) -> str:
    """Return Evidently's page with our words on top, a title, and a policy for the browser.

    Raises:
        ValueError: This is no page as Evidently's pinned version writes it.
    """
    head, found, rest = html.partition("<head>")
    before, also_found, after = rest.partition("<body>")
    if not (found and also_found):
        raise ValueError("Evidently's page has no <head> or no <body>")
    title = escape(f"Drill-down: {about.audit} {about.window}, revision {about.revision}")
    first = (
        f'<head><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<title>{title}</title><style>{STYLE}</style>"
    )
    words = "".join(_words(about, cleared, drawn))
    return f'{head}{first}{before}<body><section id="about">{words}</section>{after}'


def _words(about: About, cleared: Cleared, drawn: Drawn) -> Iterator[str]:
    not_all = "" if about.baseline.is_all and about.current.is_all else NOT_ALL_ROWS
    yield f"<h1>Drill-down: {escape(about.audit)} {escape(about.window)} "
    yield f"<small>revision {about.revision}</small></h1>"
    yield (
        f"<p>Two samples drawn by {escape(drawn.engine.capitalize())}, to look around in:"
        f" <b>{about.current}</b> of the window, which it calls <i>current</i>, and"
        f" <b>{about.baseline}</b> of the baseline, which it calls <i>reference</i>. The rows"
        f" are those whose id hashes lowest with seed {about.seed}: the same each time.</p>"
        "<p><b>No verdict stands on this page.</b> Verdicts come from the audit's"
        f' <a href="{escape(about.report)}">report</a>, which says <b>{escape(about.verdict)}</b>.'
        " &ldquo;Drift detected&rdquo; below is Evidently's own limit, 0.1 for every column and"
        " half of the columns for the data set; it is not a limit of this audit.</p>"
        f"<p><b>Shows</b> {SHOWS}.</p><p><b>Does not show</b> {not_all}{DOES_NOT_SHOW}.</p>"
        f"<p>Pictures over an <i>index</i> run over the sampled rows in the order of"
        f" <b>{escape(about.in_order_of or 'their id')}</b>. The page holds values of"
        " single rows, such as extremes: keep it in the house.</p>"
    )
    if drawn.not_drawn:
        yield "<p><b>Not drawn:</b></p>" + _list(drawn.not_drawn)
    if drawn.without_number:
        yield "<p><b>Evidently gave no number for</b> "
        yield ", ".join(escape(name) for name in drawn.without_number) + ".</p>"
    yield from _columns(cleared)


def _columns(cleared: Cleared) -> Iterator[str]:
    if cleared.left_out:
        yield f"<details open><summary>{_count(cleared.left_out)} left out, and why</summary>"
        yield _list(cleared.left_out) + "</details>"
    yield f"<details><summary>{_count(cleared.names)} handed over, and how each is compared"
    yield "</summary><div class=wide><table><tr><th>column<th>title<th>kind<th>compared by"
    yield "<th class=number>missing in the baseline's sample<th class=number>in the window's</tr>"
    for column in cleared.columns:
        cells = (cleared.names[column.name], column.title or "", column.kind, METHOD[column.kind])
        yield "<tr>" + "".join(f"<td>{escape(cell)}" for cell in cells)
        yield "".join(f"<td class=number>{n:,}" for n in cleared.missing[column.name]) + "</tr>"
    yield "</table></div></details>"


def _count(columns: Mapping[str, object]) -> str:
    return f"{len(columns)} column" + ("s" if len(columns) != 1 else "")


def _list(told: Mapping[str, str]) -> str:
    items = (f"<li><b>{escape(name)}</b>: {escape(why)}</li>" for name, why in told.items())
    return f"<ul>{''.join(items)}</ul>"

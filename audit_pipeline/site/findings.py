"""Everything that is not settled, of all audits: the worst first."""

from collections.abc import Set as AbstractSet

from audit_pipeline.site.content import Site, Told, by_severity
from audit_pipeline.site.filling import fill
from audit_pipeline.site.places import BOARD, trends_of

MOST = 1000
"""Findings on the page; of more the worst are there, and a sentence says where the others are."""


def render_findings(site: Site) -> str:
    """Return what is not settled of all audits, as one self-contained HTML page."""
    standing = site.standing[:MOST]
    drawn = frozenset(audit.name for audit in site.audits if audit.windows)
    return fill(
        "templates/findings.html",
        script=True,
        title="Open findings of all audits",
        site=site,
        rows=[_row(site, told, drawn) for told in standing],
        more=len(site.standing) - len(standing),
        severities=by_severity(standing),
        overdue=sum(site.is_overdue(told) for told in standing),
        waived=[_row(site, told, drawn) for told in site.waived[:MOST]],
        board=BOARD,
    )


def _row(site: Site, told: Told, drawn: AbstractSet[str]) -> dict[str, object]:
    return {
        "told": told,
        "finding": told.finding,
        "overdue": site.is_overdue(told),
        "trends": trends_of(told.finding.audit) if told.finding.audit in drawn else None,
        "open_days": (site.made - told.finding.opened).days,
    }

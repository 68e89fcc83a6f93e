"""The board: every audit in one row, those that need somebody on top."""

from audit_pipeline.domain.verdict import WORST_FIRST, Verdict
from audit_pipeline.report.verdicts import WORDS
from audit_pipeline.site.content import Audited, Due, Site, Told, by_severity
from audit_pipeline.site.filling import fill
from audit_pipeline.site.pictures import sparkline, strip, written
from audit_pipeline.site.places import FINDINGS, trends_of

ON_BOARD = 12
"""Windows whose verdicts a row shows; the page of the audit has more."""
NEVER = len(WORST_FIRST)
LATE = WORST_FIRST.index(Verdict.GAP)


def render_board(site: Site) -> str:
    """Return the list of all audits with how each stands, as one self-contained HTML page.

    The worst verdict of a newest window comes first; every row is there without a script, which
    only searches.
    """
    found: dict[str, list[Told]] = {}
    for told in site.standing:
        found.setdefault(told.finding.audit, []).append(told)
    audits = sorted(site.audits, key=_worst_first)
    newest = [audit.newest.verdict for audit in audits if audit.newest]
    return fill(
        "templates/board.html",
        script=True,
        title="All audits",
        site=site,
        rows=[_row(site, audit, tuple(found.get(audit.name, ()))) for audit in audits],
        counts=[(v.value, newest.count(v)) for v in WORDS if v in newest],
        never=len(audits) - len(newest),
        paused=sum(audit.paused is not None for audit in audits),
        late=sum(audit.due is Due.LATE for audit in audits),
        severities=by_severity(site.standing),
        overdue=sum(site.is_overdue(told) for told in site.standing),
        findings=FINDINGS,
        Due=Due,
    )


def _row(site: Site, audit: Audited, found: tuple[Told, ...]) -> dict[str, object]:
    leading = audit.series[0] if audit.series else None
    return {
        "audit": audit,
        "verdict": audit.newest.verdict.value if audit.newest else None,
        "same": _same(audit),
        "strip": strip(audit.windows[-ON_BOARD:]) if audit.windows else "",
        "leading": leading,
        "value": written(leading, leading.values[-1]) if leading else "",
        "spark": sparkline(leading) if leading and len(leading.values) > 1 else "",
        "severities": by_severity(found),
        "overdue": sum(site.is_overdue(told) for told in found),
        "trends": trends_of(audit.name),
    }


def _same(audit: Audited) -> int:
    """Return how many of the last windows in a row ended as the newest did."""
    number = 0
    for shown in reversed(audit.windows):
        if audit.newest is None or shown.verdict is not audit.newest.verdict:
            break
        number += 1
    return number


def _worst_first(audit: Audited) -> tuple[int, bool, str]:
    rank = WORST_FIRST.index(audit.newest.verdict) if audit.newest else NEVER
    late = audit.due is Due.LATE  # as good as a gap: nobody knows
    return min(rank, LATE) if late else rank, not late, audit.title.casefold()

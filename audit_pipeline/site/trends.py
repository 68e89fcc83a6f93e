"""One audit through time: its last verdicts, and a handful of numbers as small pictures."""

from dataclasses import replace

from audit_pipeline.report.verdicts import WORDS
from audit_pipeline.site.content import Audited, Due, Series, Shown
from audit_pipeline.site.filling import fill
from audit_pipeline.site.pictures import limits_told, strip, trend, written
from audit_pipeline.site.places import BOARD, FINDINGS, from_audit


def render_trends(audit: Audited) -> str:
    """Return the last windows of one audit as one self-contained HTML page, without a script.

    It stands in the folder of the audit, beside the list of its windows; addresses in `audit` are
    from the folder of the site.
    """
    windows = tuple(_from_here(audit, shown) for shown in audit.windows)
    rows = [
        (shown, [written(series, series.values[place]) for series in audit.series])
        for place, shown in enumerate(windows)
    ]
    return fill(
        "templates/trends.html",
        title=f"{audit.title}: trends",
        audit=audit,
        newest=windows[-1] if windows else None,
        board=from_audit(audit.name, BOARD),
        findings=from_audit(audit.name, f"{FINDINGS}#find={audit.name}"),
        index=audit.index and from_audit(audit.name, audit.index),
        strip=strip(windows),
        cards=[_card(series, windows) for series in audit.series],
        rows=rows[::-1],
        checks=[(v.value, audit.checks[v]) for v in WORDS if audit.checks.get(v)],
        Due=Due,
    )


def _from_here(audit: Audited, shown: Shown) -> Shown:
    """Return a window with the address of its report as it is from the page of its audit."""
    return replace(shown, report=shown.report and from_audit(audit.name, shown.report))


def _card(series: Series, windows: tuple[Shown, ...]) -> dict[str, object]:
    return {
        "series": series,
        "value": written(series, series.values[-1]),
        "limits": limits_told(series),
        "picture": trend(series, windows) if any(v is not None for v in series.values) else "",
    }

"""The first screen: the verdict, why, what to do, and how much was seen."""

from collections import Counter

from markupsafe import Markup

from audit_pipeline.domain.record import AuditRecord
from audit_pipeline.domain.window import Window
from audit_pipeline.report import naming
from audit_pipeline.report.base import ReportInput, Section
from audit_pipeline.report.filling import fill_file
from audit_pipeline.report.links import INDEX, UP
from audit_pipeline.report.numbers import count, percent
from audit_pipeline.report.suppression import shown
from audit_pipeline.report.verdicts import WORDS

WHOLE = "all rows"
"""The subject of a metric that speaks of the whole window: not worth saying in a headline."""

SHOWN = 12
"""How many earlier windows have a tile; the list of all windows has every one."""

Fact = tuple[str, str, str]


def write_summary(report: ReportInput) -> Markup:
    """Return the verdict in word, shape and colour, its reasons, and the facts around it."""
    record = report.record
    counts = Counter(outcome.verdict for outcome in record.outcomes)
    return fill_file(
        "sections/summary.html",
        verdict=record.verdict.value,
        headlines=[_titled(report, headline) for headline in record.headlines],
        counts=[(verdict.value, counts[verdict]) for verdict in WORDS],
        facts=[*_whose(record), *_seen(record), _coverage(record)],
        history=record.history[-SHOWN:],
        all_windows=UP + INDEX if report.before is not None else None,
        new_baseline=record.new_baseline,
        window=record.window.key,
    )


def _titled(report: ReportInput, headline: str) -> str:
    """Return a headline with the titles of metric and column, where it begins with their names."""
    for check in (outcome.check for outcome in report.record.outcomes):
        opening = f"{check.name} of {check.subject}"
        if headline.startswith((f"{opening}:", f"{opening} (and ")):
            subject = naming.column(report, check.subject)
            about = "" if check.subject == WHOLE else f", {subject}"
            return f"{naming.metric(report, check.name)}{about}{headline[len(opening) :]}"
    return headline


def _whose(record: AuditRecord) -> list[Fact]:
    revision = f", revision {record.revision}" if record.revision > 1 else ""
    return [
        ("Window", f"{record.window.key}{revision}", _stretch(record.window)),
        ("Owner", record.owner, ""),
        ("At stake when the model is wrong", f"{record.risk} risk", f"audit {record.audit}"),
    ]


def _stretch(window: Window) -> str:
    whole = not any(t.hour or t.minute for t in (window.start, window.end))
    form = "%Y-%m-%d" if whole else "%Y-%m-%d %H:%M%z"
    zone = str(window.start.tzinfo or "no time zone")
    return f"from {window.start:{form}} until before {window.end:{form}}, {zone}"


def _seen(record: AuditRecord) -> list[Fact]:
    if record.snapshot is None:
        return [("Rows in the window", "unknown", "no snapshot was made")]
    rows, labelled = record.snapshot.rows, record.snapshot.labelled
    compared = f"compared with {count(record.baseline.rows)}" if record.baseline else "no baseline"
    share = percent(labelled / rows) if rows else "no rows"
    return [
        ("Rows in the window", count(rows), compared),
        ("Rows with a known outcome", share, f"{shown(labelled)} of {count(rows)} rows"),
    ]


def _coverage(record: AuditRecord) -> Fact:
    shares = [o.measurement.coverage.share for o in record.outcomes if o.measurement]
    full = sum(share >= 1 for share in shares)
    checks = len(record.outcomes)
    lowest = f", the least {percent(min(shares))}" if shares and full < len(shares) else ""
    return (
        "Checks that were measured",
        f"{count(len(shares))} of {count(checks)}",
        f"{count(full)} of them on every row{lowest}" if shares else "no number was obtained",
    )


SECTION = Section(title="Summary", order=0, write=write_summary)

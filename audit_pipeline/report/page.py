"""The whole report: one HTML file that asks nothing of any network."""

import re
from collections.abc import Mapping

from audit_pipeline.report.base import ReportInput, Section
from audit_pipeline.report.catalog import SECTIONS
from audit_pipeline.report.filling import fill_file
from audit_pipeline.report.links import INDEX, UP, report_of, row_of
from audit_pipeline.report.verdicts import WORDS

# what HTML cannot carry: control characters, and halves of surrogate pairs
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def render(report: ReportInput, sections: Mapping[str, Section] = SECTIONS) -> str:
    """Return the report of one audit as one self-contained HTML page.

    The same input gives the same bytes. Every text from the data is escaped; the page's own
    policy forbids scripts and any request. Cells of fewer than 10 rows are not shown as numbers.

    Args:
        report: What there is to show; stages that left nothing are simply not drawn, and the gap
            ledger says so.
        sections: The sections by name; by default every module in `sections/`.
    """
    ordered = sorted(sections.items(), key=lambda item: (item[1].order, item[0]))
    written = [(name, section.title, section.write(report)) for name, section in ordered]
    page = fill_file(
        "templates/page.html",
        record=report.record,
        title=report.title or report.record.audit,
        sections=[(name, title, body) for name, title, body in written if body is not None],
        verdicts=[verdict.value for verdict in WORDS],
        links=_links(report),
    )
    return writable(page)


def writable(page: str) -> str:
    """Return a page with what HTML cannot carry replaced."""
    return _UNWRITABLE.sub("\ufffd", page)


def _links(report: ReportInput) -> dict[str, object] | None:
    """Return where the window before, the list of all and the later ones are, if they may be."""
    if report.before is None:
        return None
    previous, window = report.before.previous, report.record.window.key
    return {
        "previous": previous
        and {
            "address": UP + report_of(previous.window, previous.revision),
            "window": previous.window,
            "verdict": previous.verdict.value,
        },
        "index": UP + INDEX,
        "later": UP + row_of(window),  # which they are is known to the list alone
    }

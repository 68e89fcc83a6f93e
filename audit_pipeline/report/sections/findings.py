"""Findings: what is not settled, since when, by when, and who is to settle it."""

from itertools import groupby

from markupsafe import Markup

from audit_pipeline.domain.check import Check
from audit_pipeline.domain.finding import Change, Severity, State
from audit_pipeline.domain.prerequisite import called, is_prerequisite
from audit_pipeline.report import naming
from audit_pipeline.report.base import Found, ReportInput, Section
from audit_pipeline.report.filling import fill_file

NOW = {
    Change.OPENED: "new",
    Change.REOPENED: "came back",
    Change.WORSENED: "worse than before",
    Change.EASED: "less severe than before",
    Change.RESOLVED: "resolved by this audit",
}
"""What this audit did to a finding, in words; to be seen again is nothing to say."""

MOST = 50
"""Findings in the table; the others are named with the command that lists them all."""


def write_findings(report: ReportInput) -> Markup | None:
    """Return the findings that stand, and those that this audit resolves; None without any."""
    if not report.findings:
        return None
    standing = [each for each in report.findings if each.finding.stands]
    return fill_file(
        "sections/findings.html",
        audit=report.record.audit,
        counts=_counts(standing),
        standing=standing[:MOST],
        more=max(0, len(standing) - MOST),
        waived=[each for each in report.findings if each.finding.state is State.WAIVED],
        resolved=[each for each in report.findings if each.now is Change.RESOLVED],
        now=NOW,
        what=lambda found: _what(report, found.finding.check),
        day=report.record.created[:10],
    )


def _what(report: ReportInput, check: Check) -> Markup:
    """Return what a finding is about: a measure and a column, or what checks need."""
    subject = naming.column(report, check.subject)
    if is_prerequisite(check):
        named = called(check, subject)
        return Markup("<b>{}</b>").format(named[0].upper() + named[1:])
    return Markup("<b>{}</b> of {}").format(naming.metric(report, check.name), subject)


def _counts(standing: list[Found]) -> list[tuple[Severity, int]]:
    """Return how many findings there are of each severity, the severest first."""
    by_severity = groupby(standing, key=lambda each: each.finding.severity)
    return [(severity, len(list(each))) for severity, each in by_severity]


SECTION = Section(title="Findings: what is not settled", order=6, write=write_findings)

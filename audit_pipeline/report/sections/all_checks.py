"""Every check there was, in one table that can be narrowed to one verdict without a script."""

from collections import Counter

from markupsafe import Markup

from audit_pipeline.report.base import ReportInput, Section
from audit_pipeline.report.filling import fill_file
from audit_pipeline.report.lines import line
from audit_pipeline.report.outcomes import worst_first
from audit_pipeline.report.verdicts import WORDS


def write_all_checks(report: ReportInput) -> Markup:
    """Return one row for each planned check, worst first, folded away until it is wanted."""
    outcomes = worst_first(report.record.outcomes)
    counts = Counter(outcome.verdict for outcome in outcomes)
    return fill_file(
        "sections/all_checks.html",
        checks=[line(report, outcome, explained=False) for outcome in outcomes],
        counts=[(v.value, counts[v]) for v in WORDS if counts[v]],
    )


SECTION = Section(title="All checks", order=80, write=write_all_checks)

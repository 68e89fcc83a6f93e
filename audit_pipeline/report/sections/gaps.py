"""The gap ledger: everything that was promised and is not known."""

from markupsafe import Markup

from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.report import naming
from audit_pipeline.report.base import ReportInput, Section
from audit_pipeline.report.filling import fill_file
from audit_pipeline.report.lines import line
from audit_pipeline.report.outcomes import worst_first


def write_gaps(report: ReportInput) -> Markup:
    """Return the ledger: stages that crashed, checks without an answer, measures left out."""
    record = report.record
    open_ones = worst_first(filter(_open, record.outcomes))
    reasons: dict[tuple[Verdict, str], list[Outcome]] = {}
    for outcome in open_ones:
        reasons.setdefault((outcome.verdict, outcome.reason), []).append(outcome)
    return fill_file(
        "sections/gaps.html",
        crashed=[stage for stage in record.stages if stage.status != "done"],
        total=len(open_ones),
        entries=[_entry(report, outcomes) for outcomes in reasons.values()],
        not_applicable=[
            (naming.metric(report, name), why)
            for name, why in sorted(record.not_applicable.items())
        ],
    )


def _entry(report: ReportInput, outcomes: list[Outcome]) -> dict[str, object]:
    """Return what the ledger says of checks that share one verdict and one reason."""
    lines = [line(report, outcome, explained=False) for outcome in outcomes]
    about: dict[str, list[str]] = {}
    for each in lines:
        about.setdefault(each.title, []).append(each.subject_title)
    return {
        "verdict": lines[0].verdict,
        "reason": lines[0].reason,
        "many": len(lines),
        "required": sum(each.required for each in lines),
        "about": [(title, ", ".join(subjects)) for title, subjects in about.items()],
        "coverage": list(dict.fromkeys(each.coverage for each in lines)),
    }


def _open(outcome: Outcome) -> bool:
    return outcome.verdict in {Verdict.GAP, Verdict.INCONCLUSIVE}


SECTION = Section(title="Gap ledger", order=70, write=write_gaps)

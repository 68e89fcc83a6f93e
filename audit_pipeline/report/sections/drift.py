"""Drift: each column of this window against its baseline, worst first."""

from markupsafe import Markup

from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.verdict import Verdict, worst
from audit_pipeline.report import naming
from audit_pipeline.report.base import ReportInput, Section
from audit_pipeline.report.describe import describe
from audit_pipeline.report.filling import fill_file
from audit_pipeline.report.lines import line
from audit_pipeline.report.numbers import count
from audit_pipeline.report.outcomes import by_subject, nothing, of_asset


def write_drift(report: ReportInput) -> Markup | None:
    """Return a card for each column: picture, measures, table; None when no drift was planned."""
    outcomes = of_asset(report, "drift")
    if not outcomes:
        return None
    if (sentence := nothing(outcomes)) is not None:
        return sentence
    columns = by_subject(outcomes, lambda name: 0 if name in report.leading else 1)
    names = dict.fromkeys(outcome.check.name for outcome in outcomes)
    measures = [(naming.metric(report, name), naming.phrase(name)) for name in sorted(names)]
    return fill_file(
        "sections/drift.html",
        lead=_lead(report, columns),
        measures=[measure for measure in measures if measure[1]],
        cards=[_card(report, name, of) for name, of in columns.items()],
        open=report.features_shown,
    )


def _lead(report: ReportInput, columns: dict[str, list[Outcome]]) -> str:
    ends = {name: worst(o.verdict for o in of) for name, of in columns.items()}
    moved = [n for n, verdict in ends.items() if verdict in {Verdict.FAIL, Verdict.WARN}]
    if not moved:
        return f"None of {count(len(columns))} columns moved beyond a limit."
    named = ", ".join(naming.column(report, name) for name in moved[:8])
    more = f" and {len(moved) - 8} more" if len(moved) > 8 else ""  # noqa: PLR2004 (as above)
    verb = "moved" if len(moved) == 1 else "have moved"
    return f"{len(moved)} of {count(len(columns))} columns {verb} beyond a limit: {named}{more}."


def _card(report: ReportInput, name: str, outcomes: list[Outcome]) -> dict[str, object]:
    return {
        "name": name,
        "title": naming.column(report, name),
        "verdict": worst(o.verdict for o in outcomes).value,
        "described": describe(report, name),
        "lines": [line(report, outcome) for outcome in outcomes],
    }


SECTION = Section(title="Drift: what moved", order=30, write=write_drift)

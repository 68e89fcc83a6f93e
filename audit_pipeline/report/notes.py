"""What belongs to a number and is not in it: the partner of a correlation, which way errors go."""

from collections.abc import Callable, Mapping

from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.measurement import Json
from audit_pipeline.report import naming
from audit_pipeline.report.base import ReportInput
from audit_pipeline.report.numbers import number, signed

Detail = Mapping[str, Json]


def note(report: ReportInput, outcome: Outcome) -> str:
    """Return half a sentence on what an outcome's number is about, or nothing."""
    write = NOTES.get(outcome.check.name)
    detail = outcome.measurement.detail if outcome.measurement else {}
    return write(report, detail) if write is not None else ""


def _correlation(report: ReportInput, detail: Detail) -> str:
    before, now = detail.get("before"), detail.get("now")
    if not isinstance(before, float) or not isinstance(now, float):
        return ""
    partner = naming.column(report, str(detail.get("partner")))
    return f"most with {partner}: {number(before)} in the baseline, {number(now)} now"


def _bias(_: ReportInput, detail: Detail) -> str:
    mean = detail.get("mean_error")
    if not isinstance(mean, float) or not mean:
        return ""
    way = "high" if mean > 0 else "low"
    return f"mean error {signed(mean)}: on average predictions are too {way}"


NOTES: dict[str, Callable[[ReportInput, Detail], str]] = {
    "correlation_change": _correlation,
    "bias_proportion": _bias,
}

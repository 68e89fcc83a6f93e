"""One compared check as one line of a table: every cell already written for people."""

from dataclasses import dataclass

from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.compared import Compared, measured
from audit_pipeline.report import naming
from audit_pipeline.report.base import ReportInput
from audit_pipeline.report.lines import NOTHING, Write, writer
from audit_pipeline.report.numbers import SPACE, percent, points, signed
from audit_pipeline.report.suppression import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One side of a line: the verdict, None where the check was not there; the rest is text."""

    verdict: str | None
    value: str = NOTHING
    interval: str = ""
    rows: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What the table of changes shows of one check.

    Two values that are not `comparable` are distances from two baselines: no reader should see
    them side by side as a change.
    """

    title: str
    subject: str
    subject_title: str
    change: str
    before: Cell
    after: Cell
    difference: str
    chance: str
    reason: str
    limit_changed: bool
    comparable: bool


def difference_line(report: ReportInput, each: Compared) -> Difference:
    """Return a compared check as a line, its numbers written as the metric's are."""
    name, subject = each.check.name, each.check.subject
    write = writer(report, name)
    return Difference(
        title=naming.metric(report, name),
        subject=subject,
        subject_title=naming.column(report, subject),
        change=each.change.value,
        before=_cell(each.before, write),
        after=_cell(each.after, write),
        difference=_difference(each, write),
        chance="the intervals do not overlap" if each.apart else "",
        reason=each.after.reason if each.after else "the later audit does not have this check",
        limit_changed=each.limit_changed,
        comparable=each.comparable,
    )


def _cell(outcome: Outcome | None, write: Write) -> Cell:
    found = measured(outcome)
    if outcome is None or found is None:
        return Cell(verdict=outcome.verdict.value if outcome else None)
    interval, seen = found.interval, found.coverage
    between = f"{write(interval.low)} to {write(interval.high)}" if interval else ""
    return Cell(
        verdict=outcome.verdict.value,
        value=write(found.value),
        interval=f"95{SPACE}%: {between}" if between else "",
        rows=f"{shown(seen.used)} of {shown(seen.rows)} rows" if seen.used < seen.rows else "",
    )


def _difference(each: Compared, write: Write) -> str:
    if not each.comparable:
        return "another baseline"
    if each.difference is None:
        return NOTHING
    if write is not percent:
        return signed(each.difference)
    return f"+{points(each.difference)}" if each.difference > 0 else points(each.difference)

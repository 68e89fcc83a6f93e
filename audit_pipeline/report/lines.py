"""One outcome as one line of a table: every cell already written for people."""

from collections.abc import Callable
from dataclasses import dataclass

from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.limit import Against, Limit, Worse
from audit_pipeline.domain.measurement import Coverage, Measurement
from audit_pipeline.report import naming
from audit_pipeline.report.base import ReportInput
from audit_pipeline.report.notes import note
from audit_pipeline.report.numbers import SPACE, number, percent, points
from audit_pipeline.report.suppression import shown

NOTHING = "—"

UNSEEN = 1e-5
"""Numbers are written with four digits: a bound of this share of a number cannot be seen in it."""

Write = Callable[[float], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What the table of checks shows of one outcome; all of it is text."""

    title: str
    phrase: str
    subject: str
    subject_title: str
    asset: str
    verdict: str
    reason: str
    required: bool
    value: str
    interval: str
    baseline: str
    limit: str
    set_by: str
    own_limit: bool
    coverage: str
    left_out: tuple[str, ...]
    bound: str
    note: str = ""


def line(report: ReportInput, outcome: Outcome, *, explained: bool = True) -> Line:
    """Return `outcome` as a line; with its metric's phrase where `explained`."""
    name, subject, measured = outcome.check.name, outcome.check.subject, outcome.measurement
    write = writer(report, name)
    return Line(
        title=naming.metric(report, name),
        phrase=naming.phrase(name) if explained else "",
        subject=subject,
        subject_title=naming.column(report, subject),
        asset=outcome.check.asset,
        verdict=outcome.verdict.value,
        reason=outcome.reason,
        required=outcome.required,
        value=write(measured.value) if measured else NOTHING,
        interval=_interval(measured, write),
        baseline=_baseline(measured, write),
        limit=limit(outcome.limit, write),
        set_by=set_by(outcome.limit),
        own_limit=outcome.limit is not None and outcome.limit.set_by is not None,
        coverage=coverage(measured.coverage) if measured else NOTHING,
        left_out=left_out(measured.coverage) if measured else (),
        bound=bound(measured),
        note=note(report, outcome),
    )


def writer(report: ReportInput, metric: str) -> Write:
    """Return how numbers of a metric are written: shares as percentages, others as they are."""
    return percent if report.units.get(metric, "").startswith("share") else number


def limit(held_to: Limit | None, write: Write = number) -> str:
    """Return the bounds in words.

    >>> limit(Limit(warn=0.1, fail=0.25))
    'warn above 0.1, fail above 0.25'
    """
    if held_to is None:
        return NOTHING
    if held_to.against is Against.RELATIVE_CHANGE:
        write = _of_baseline
    elif held_to.against is Against.CHANGE and write is percent:
        write = points
    bounds = [("warn", held_to.warn), ("fail", held_to.fail)]
    word = _direction(held_to)
    written = [f"{name} {word} {write(at)}" for name, at in bounds if at is not None]
    return ", ".join(written) or "none: recorded only"


def set_by(held_to: Limit | None) -> str:
    """Return who set the limit and why, or that it is the default."""
    if held_to is None or (held_to.warn is None and held_to.fail is None):
        return ""
    who = f"set by {held_to.set_by}" if held_to.set_by else "the metric's default"
    return f"{who}: {held_to.reason}" if held_to.reason else who


def coverage(seen: Coverage) -> str:
    """Return the rows used of the rows there were, and how.

    >>> coverage(Coverage(rows=200, used=150)).replace(SPACE, " ")
    '150 of 200 rows (75 %)'
    """
    if not seen.rows:
        return "no rows"
    used = shown(seen.used) if seen.used else "0"
    words = f"{used} of {shown(seen.rows)} rows ({percent(seen.share)})"
    sampled = f", sample with seed {seen.seed}" if seen.seed is not None else ""
    method = "" if seen.method == "all rows" else f", {seen.method}"
    return f"{words}{method}{sampled}"


def left_out(seen: Coverage) -> tuple[str, ...]:
    """Return the rows that were not measured, each with its reason."""
    return tuple(f"left out: {shown(rows)} {why}" for why, rows in sorted(seen.left_out.items()))


def bound(measured: Measurement | None) -> str:
    """Return the error bound in words, or nothing where it changes no digit that is shown."""
    if measured is None or measured.coverage.error_bound <= UNSEEN * abs(measured.value):
        return ""
    return f"±{SPACE}{number(measured.coverage.error_bound)} counting error"


def _interval(measured: Measurement | None, write: Write) -> str:
    if measured is None or measured.interval is None:
        return ""
    return f"95{SPACE}%: {write(measured.interval.low)} to {write(measured.interval.high)}"


def _baseline(measured: Measurement | None, write: Write) -> str:
    if measured is None or measured.baseline_value is None:
        return NOTHING
    return write(measured.baseline_value)


def _of_baseline(share: float) -> str:
    return f"{percent(share)} of the baseline"


def _direction(held_to: Limit) -> str:
    if held_to.against is Against.VALUE:
        return "below" if held_to.worse is Worse.LOWER else "above"
    return "if lower by" if held_to.worse is Worse.LOWER else "if higher by"

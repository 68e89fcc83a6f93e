"""Which outcomes a section shows, and in what order."""

from collections.abc import Callable, Iterable

from markupsafe import Markup

from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.report.base import ReportInput
from audit_pipeline.report.filling import fill
from audit_pipeline.report.lines import Line, line
from audit_pipeline.report.verdicts import RANK


def of_asset(report: ReportInput, asset: str) -> list[Outcome]:
    """Return the outcomes a stage asset answers for, worst first."""
    return worst_first(o for o in report.record.outcomes if o.check.asset == asset)


def lines_of(report: ReportInput, asset: str) -> list[Line]:
    """Return the outcomes of a stage asset as lines, worst first, each metric explained once."""
    written, explained = [], set[str]()
    for outcome in of_asset(report, asset):
        name = outcome.check.name
        written.append(line(report, outcome, explained=name not in explained))
        explained.add(name)
    return written


def worst_first(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return `outcomes` by verdict, then by name and subject."""
    return sorted(outcomes, key=lambda o: (RANK[o.verdict], o.check.name, o.check.subject))


def by_subject(
    outcomes: Iterable[Outcome], first: Callable[[str], int] = lambda _: 0
) -> dict[str, list[Outcome]]:
    """Return outcomes under their subjects: `first` ones first, then by the worst verdict."""
    grouped: dict[str, list[Outcome]] = {}
    for outcome in worst_first(outcomes):
        grouped.setdefault(outcome.check.subject, []).append(outcome)

    def concern(subject: str) -> tuple[int, tuple[int, ...], str]:
        ranks = tuple(RANK[o.verdict] for o in grouped[subject])
        return first(subject), ranks, subject

    return {subject: grouped[subject] for subject in sorted(grouped, key=concern)}


def same_reason(outcomes: Iterable[Outcome]) -> str | None:
    """Return why, where every one of `outcomes` is a gap for the same reason; else None."""
    reasons = {o.reason if o.verdict is Verdict.GAP else None for o in outcomes}
    return reasons.pop() if len(reasons) == 1 else None


def nothing(outcomes: list[Outcome]) -> Markup | None:
    """Return one sentence in place of many lines that would all say the same, else None."""
    reason = same_reason(outcomes)
    if reason is None or len(outcomes) == 1:
        return None
    return fill(
        "<p>{{ show.badge('gap') }} None of {{ many | count }} checks could be made:"
        " {{ reason }}. The gap ledger lists them.</p>",
        many=len(outcomes),
        reason=reason,
    )

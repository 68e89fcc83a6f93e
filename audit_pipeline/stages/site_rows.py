"""How each audit stands, for its row on the board: its windows, its numbers, what is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from pathlib import Path

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.columns import Feature, Group
from audit_pipeline.domain.limit import Worse
from audit_pipeline.domain.masking import FEWEST
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.domain.window import Every, Window, WindowError
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.report.glossary import PHRASES
from audit_pipeline.report.links import INDEX, report_of
from audit_pipeline.report.pictures.judged import place
from audit_pipeline.site.content import Audited, Due, Limits, Series, Shown
from audit_pipeline.stages.deadlines.missing import deadline
from audit_pipeline.stages.planning import limit_of
from audit_pipeline.store.recent import Key, Recent, Subject, Worst

LEADING = (
    *("roc_auc", "accuracy", "f1_score", "root_mean_squared_error", "mean_absolute_error"),
    "r_squared",
)
"""Of these the first that an audit has leads: how well the model does."""
OTHERS = (
    "population_stability_index",
    "missing_share",
    "demographic_parity_difference",
    "row_count",
)
DRAWN = (*LEADING, *OTHERS)
"""Metrics whose course is shown. None can be one row's own value."""
AFTER = {Every.HOUR: 1, Every.DAY: 26, Every.WEEK: 8 * 24, Every.MONTH: 32 * 24, Every.YEAR: 8784}
"""Hours after the end of a window by which the next one has ended, and the one after has not."""
MOST_MISSED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store knows of all audits: see `store.recent`.

    `late` names those with a finding; `went_on` tells when those that were paused last went on.
    """

    windows: Mapping[str, Sequence[Recent]]
    at: Mapping[str, datetime]
    checks: Mapping[Key, Mapping[str, int]]
    worst: Mapping[tuple[Key, str], Worst]
    subjects: Mapping[tuple[Key, str], Subject]
    late: frozenset[str]
    went_on: Mapping[str, datetime] = field(default_factory=dict[str, datetime])


@dataclass(frozen=True, slots=True)
class Reports:
    """Where reports are, as an address from the folder of the site."""

    evidence: Path
    prefix: str

    def address(self, audit: str, window: str, revision: int) -> str | None:
        """Return where a report is, None if it is not there."""
        there = self.evidence / audit / window / f"revision-{revision}" / "report.html"
        return f"{self.prefix}{audit}/{report_of(window, revision)}" if there.is_file() else None

    def index(self, audit: str) -> str | None:
        """Return where the list of an audit's windows is, None if it is not there."""
        there = (self.evidence / audit / INDEX).is_file()
        return f"{self.prefix}{audit}/{INDEX}" if there else None


def row_of(audit: Audit, known: Known, reports: Reports, now: datetime) -> Audited:
    """Return how an audit stands."""
    recent = known.windows.get(audit.name, ())
    at = known.at.get(audit.name)
    following = _next(audit, recent[-1].window if recent else None, now)
    due = _due(audit, following, at and max(at, known.went_on.get(audit.name, at)), now)
    checks = known.checks.get(recent[-1].key, {}) if recent else {}
    waiting = due in {Due.WAITS, Due.LATE}
    return Audited(
        name=audit.name,
        title=audit.report.title or audit.name,
        purpose=audit.purpose,
        owner=audit.owner,
        risk=audit.risk,
        every=audit.window.every,
        due=Due.LATE if waiting and audit.name in known.late else due,
        windows=tuple(
            Shown(
                window=each.window,
                revision=each.revision,
                verdict=Verdict(each.verdict),
                report=reports.address(*each.key),
            )
            for each in recent
        ),
        at=at,
        next_window=following.key if following else None,
        next_end=following.end.astimezone(UTC) if following else None,
        missed=_missed(audit, following, now),
        paused=audit.schedule.paused,
        checks={Verdict(name): many for name, many in checks.items()},
        series=tuple(_series(audit, recent, known)),
        index=reports.index(audit.name),
    )


def title_of(audit: Audit | None, column: str) -> str:
    """Return what people call a column, or its name."""
    if audit is None:
        return column
    described: dict[str, Feature | Group] = {**audit.columns.features, **audit.columns.groups}
    return (described[column].title if column in described else None) or column


def _next(audit: Audit, newest: str | None, now: datetime) -> Window | None:
    """Return the window after the newest audited one, or the newest ended one if there is none."""
    windows = audit.window.windows
    if newest is None:
        return next(windows.ended(now), None)
    try:
        end = windows.window(newest, now).end
    except WindowError:  # the audit's start or length was changed since
        return next(windows.ended(now), None)
    after = next(windows.ended(end.astimezone(UTC) + timedelta(hours=AFTER[windows.every])), None)
    return after if after is not None and after.end.astimezone(UTC) > end.astimezone(UTC) else None


def _due(audit: Audit, following: Window | None, at: datetime | None, now: datetime) -> Due:
    """Return how an audit stands to its next window.

    One that ended before `at`, when the audit was last made or went on after a pause, was left out
    by whoever made it, or is late when the dead man's switch says so.
    """
    if audit.schedule.paused is not None:
        return Due.PAUSED
    hours = audit.schedule.deadline_for(audit.window.every)
    if following is None:
        return Due.WAITS if at is None else Due.OVER
    if hours is None:
        return Due.BY_HAND
    in_service = at is not None and following.end.astimezone(UTC) > at
    late = in_service and deadline(following, audit.window.every, hours) <= now
    return Due.LATE if late else Due.WAITS


def _missed(audit: Audit, following: Window | None, now: datetime) -> int:
    """Return how many windows have ended from `following` on."""
    if following is None or following.end > now:
        return 0
    start = following.start.astimezone(UTC)
    ended = islice(audit.window.windows.ended(now), MOST_MISSED)
    return sum(1 for _ in takewhile(lambda each: each.start.astimezone(UTC) >= start, ended))


def _series(audit: Audit, recent: Sequence[Recent], known: Known) -> list[Series]:
    has = {name for each in recent for name in DRAWN if (each.key, name) in known.worst}
    leading = [name for name in LEADING if name in has][:1]
    return [
        _one(audit, name, recent, known) for name in (*leading, *(n for n in OTHERS if n in has))
    ]


def _one(audit: Audit, name: str, recent: Sequence[Recent], known: Known) -> Series:
    found = [known.worst.get((each.key, name)) for each in recent]
    told = [None if each is None or each.used < FEWEST else each.value for each in found]
    of = known.subjects.get((recent[-1].key, name)) if told[-1] is not None else None
    column = of.name if of and of.name != "all rows" else ""
    return Series(
        metric=name,
        title=METRICS[name].title,
        unit=METRICS[name].unit,
        phrase=PHRASES.get(name, ""),
        values=tuple(told),
        subject=title_of(audit, column) if column and told[-1] else "",
        few=any(each is not None and each.used < FEWEST for each in found),
        limits=_limits(audit, name, of) if of else Limits(),
    )


def _limits(audit: Audit, name: str, of: Subject) -> Limits:
    """Return where the number of a column warns and fails, as the audit file has it now."""
    if name in audit.limits and audit.limits[name].skip:
        return Limits()
    limit = limit_of(audit, name, METRICS[name], of.name)
    lower = limit.worse is Worse.LOWER
    warn, fail = (place(limit, bound, of.baseline) for bound in (limit.warn, limit.fail))
    return Limits(warn=warn, fail=fail, lower_is_worse=lower)

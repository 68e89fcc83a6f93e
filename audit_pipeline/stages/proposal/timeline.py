"""The windows of a proposal, and the baseline where none was given."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from audit_pipeline import clock
from audit_pipeline.domain.window import Every
from audit_pipeline.profiles.engine import IbisValue
from audit_pipeline.stages.proposal.extent import Extent
from audit_pipeline.stages.proposal.keys import Keys
from audit_pipeline.stages.proposal.looking import Desk, Look
from audit_pipeline.stages.proposal.questions import Answers, ProposalError, Question
from audit_pipeline.stages.proposal.spans import (
    PROPOSED,
    Spans,
    choose,
    following,
    spans_of,
    spread_evenly,
)
from audit_pipeline.stages.proposal.tables import changed
from audit_pipeline.stages.proposal.zones import USUAL, clock_times


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The windows, where they begin and end, and the rows that are the baseline.

    `split` is True where the baseline is the first rows of the one table there is, and `same`
    where it is that very table. `cut_short` are the first and the last window, True where the data
    has but part of it and it was left out.
    """

    spans: Spans
    start: datetime
    end: datetime | None
    baseline: Look
    zone: str = USUAL
    split: bool = False
    same: bool = False
    cut_short: tuple[bool, bool] = (False, False)
    extent: Extent | None = None
    """How far a table reaches of which only the first rows were looked at."""

    @property
    def window(self) -> dict[str, Any]:
        """What stands under `window:` in the audit file."""
        part: dict[str, Any] = {"every": str(self.spans.every), "start": _day(self.start)}
        if self.end is not None:
            part["end"] = _day(self.end)
        return part | {"timezone": self.zone}


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """What is needed to cut a table into windows: how it tells the time, how long they are."""

    keys: Keys
    zone: str
    every: str | None
    extent: Extent | None = None
    """How far the whole table reaches, where only its first rows are looked at."""

    def candidates(self, look: Look, when: IbisValue) -> list[Spans]:
        """Return the windows of each length that may be proposed.

        Raises:
            ProposalError: No time can be read.
        """
        lengths = PROPOSED if self.every is None else (Every(self.every),)
        if self.keys.as_of is not None:
            lengths = (Every.DAY,)
        if self.extent is not None:
            at = self.extent
            even = [spread_evenly(at.first, at.last, at.rows, every) for every in lengths]
            return [spans for spans in even if spans is not None]
        found = [spans for e in lengths if (spans := spans_of(look.table, when, e)).rows]
        if not found:
            raise ProposalError(f"no time can be read in the column {self.keys.time.column!r}")
        return found if look.all_rows else [replace(s, counted=False, reach=()) for s in found]


def lay_out(
    current: Look, baseline: Look | None, calendar: Calendar, desk: Desk, answers: Answers
) -> Timeline:
    """Return the windows of a table, and its first ones as baseline where there is none.

    Raises:
        ProposalError: No time can be read, or no window is of that length.
        NeedsError: There is but one window, nothing was given as baseline, and nobody agreed to
            hold the rows against themselves.
    """
    when = clock_times(current, calendar.keys, calendar.zone)
    found = choose(calendar.candidates(current, when), split=baseline is None)
    spans = _whole(found, split=baseline is None)
    known = current.all_rows or calendar.extent is not None
    ended = known and found.ended(clock.now()) is not None
    made = Timeline(
        spans=spans,
        start=spans.starts[0],
        end=following(spans.every, spans.starts[-1]) if ended else None,
        baseline=baseline or current,
        zone=calendar.zone,
        extent=calendar.extent,
        cut_short=(spans.starts[0] > found.starts[0], spans.starts[-1] < found.starts[-1]),
    )
    if baseline is not None:
        return made
    number = spans.baseline_windows()
    if number is None:
        _need_agreement(answers)
        return replace(made, same=True)
    start = spans.starts[number]
    first = current.table.filter(when < start)
    side = changed(current, first, desk, "baseline")
    if not side.rows:
        raise ProposalError(
            "none of the rows that were looked at is of the first windows, so there is no earlier"
            " part to be the baseline: give --baseline"
        )
    return replace(made, spans=spans.part(number), start=start, baseline=side, split=True)


def _whole(found: Spans, *, split: bool) -> Spans:
    """Return the windows that the data has all of; a first part of one is left to a baseline."""
    whole = found.whole(first=not split)
    return found if split and len(whole.rows) == 1 else whole


def _need_agreement(answers: Answers) -> None:
    said = answers(
        Question(
            flag="--baseline",
            asks="all rows are of one window, so no earlier part can be the baseline. Hold the rows"
            " against themselves? Drift is then nil and says nothing; performance and fairness are"
            " measured",
            guess="yes",
            why="no --baseline was given",
            choices=("yes",),
            needed=True,
            risky=True,
        )
    )
    answers.settle()
    if said is None:
        raise ProposalError("--baseline is needed: the rows on which the model was approved")


def _day(moment: datetime) -> object:
    return moment.date() if moment.time() == datetime.min.time() else moment

"""The windows of a proposal, and the baseline where none was given."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from audit_pipeline.domain.window import Every
from audit_pipeline.profiles.engine import IbisTable, IbisValue
from audit_pipeline.stages.missing import MissingError
from audit_pipeline.stages.proposal.keys import Keys
from audit_pipeline.stages.proposal.looking import Desk, Look
from audit_pipeline.stages.proposal.questions import Answers, ProposalError, Question
from audit_pipeline.stages.proposal.spans import PROPOSED, Spans, choose, spans_of
from audit_pipeline.stages.proposal.tables import changed
from audit_pipeline.stages.timing import as_instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The windows, where they begin and end, and the rows that are the baseline.

    `split` is True where the baseline is the first rows of the one table there is, and `same`
    where it is that very table.
    """

    spans: Spans
    start: datetime
    end: datetime | None
    baseline: Look
    split: bool = False
    same: bool = False

    @property
    def window(self) -> dict[str, Any]:
        """What stands under `window:` in the audit file."""
        part: dict[str, Any] = {"every": str(self.spans.every), "start": _day(self.start)}
        if self.end is not None:
            part["end"] = _day(self.end)
        return part | {"timezone": "UTC"}


def lay_out(
    current: Look,
    baseline: Look | None,
    keys: Keys,
    every: str | None,
    desk: Desk,
    answers: Answers,
) -> Timeline:
    """Return the windows of a table, and its first ones as baseline where there is none.

    Raises:
        ProposalError: No time can be read, or no window is of that length.
        NeedsError: There is but one window, nothing was given as baseline, and nobody agreed to
            hold the rows against themselves.
    """
    when = _when(current.table, keys)
    lengths = PROPOSED if every is None else (Every(every),)
    if keys.as_of is not None:
        lengths = (Every.DAY,)
    candidates = [spans for e in lengths if (spans := spans_of(current.table, when, e)).rows]
    if not candidates:
        raise ProposalError(f"no time can be read in the column {keys.time.column!r}")
    spans = choose(candidates, split=baseline is None)
    end = spans.ended(datetime.now(UTC))
    if baseline is not None:
        return Timeline(spans=spans, start=spans.starts[0], end=end, baseline=baseline)
    number = spans.baseline_windows()
    if number is None:
        return _against_itself(current, spans, end, answers)
    cut = spans.starts[number]
    first = current.table.filter(when.cast("timestamp") < cut)
    rest = replace(spans, starts=spans.starts[number:], rows=spans.rows[number:])
    side = changed(current, first, desk, "baseline")
    return Timeline(spans=rest, start=cut, end=end, baseline=side, split=True)


def _against_itself(
    current: Look, spans: Spans, end: datetime | None, answers: Answers
) -> Timeline:
    said = answers(
        Question(
            flag="--baseline",
            asks="all rows are of one window, so there is no earlier part to be the baseline. Hold"
            " the rows against themselves? Drift is then nil and says nothing; performance and"
            " fairness are measured",
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
    return Timeline(spans=spans, start=spans.starts[0], end=end, baseline=current, same=True)


def _when(table: IbisTable, keys: Keys) -> IbisValue:
    try:
        return as_instant(table, keys.time.column, keys.time.format)
    except MissingError as error:
        raise ProposalError(str(error)) from error


def _day(moment: datetime) -> object:
    return moment.date() if moment.time() == datetime.min.time() else moment

"""The day that rows are of, where no column says when they happened."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from audit_pipeline import clock
from audit_pipeline.stages.proposal.looking import Look
from audit_pipeline.stages.proposal.questions import ProposalError, Question


def is_dated(look: Look) -> bool:
    """Return whether the files' path names a date: more of them will come."""
    return "%" in str(look.place.settings.get("path")).replace("%%", "")


def as_of_question(look: Look, column: str) -> Question:
    """Return the question of which day the rows are, for `column` of a copy."""
    path = Path(str(look.place.settings.get("path")))
    guess = None
    if path.is_file():
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
        guess = min(written, _yesterday()).isoformat()
    why = "the day on which the file was last written" if guess else ""
    if is_dated(look):
        why = (
            "better: a date in the path becomes a column where its folder is named key=value, such"
            " as day=2026-01-31; then later files are read too"
        )
    return Question(
        flag="--as-of",
        asks="no column says when a row happened; of which day are the rows (YYYY-MM-DD)? A copy"
        f" of them is written, with that day in a column {column!r}",
        guess=guess,
        why=why,
        needed=True,
        risky=True,
    )


def day_said(said: str) -> date:
    """Return the day that was answered.

    Raises:
        ProposalError: It is none, or has not ended.
    """
    try:
        return ended_day(date.fromisoformat(said.strip()))
    except ValueError:
        raise ProposalError(f"--as-of {said}: write a day like 2026-01-31") from None


def ended_day(day: date) -> date:
    """Return a day as it is, if it has ended.

    Raises:
        ProposalError: It has not.
    """
    if day > _yesterday():
        raise ProposalError(
            f"--as-of {day}: that day has not ended, and a day is audited once it has; name an"
            " earlier one"
        )
    return day


def _yesterday() -> date:
    return clock.now().date() - timedelta(days=1)

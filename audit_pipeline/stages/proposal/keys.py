"""What every audit stands on: a column that names each row, and one that says when it happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import ibis

from audit_pipeline.profiles.engine import IbisTable
from audit_pipeline.stages.proposal.as_of import as_of_question, day_said, ended_day, is_dated
from audit_pipeline.stages.proposal.looking import Look
from audit_pipeline.stages.proposal.naming import words
from audit_pipeline.stages.proposal.questions import Answers, ProposalError, Question
from audit_pipeline.stages.proposal.roles import id_of
from audit_pipeline.stages.proposal.times import Time, time_of, times_in
from audit_pipeline.stages.proposal.wishes import Wishes

MADE_TIME, MADE_ID = "audited_at", "row_number"
LIVE = "rows arrive in it by themselves, so a copy would soon be old"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The columns of id and time, and whether they have to be made in a copy of the data."""

    id: str
    time: Time
    as_of: date | None = None
    make_id: bool = False

    @property
    def made(self) -> bool:
        """Whether the data lacks one of them, so that a copy which has it is written."""
        return self.make_id or self.as_of is not None

    def give(self, table: IbisTable, first: int = 1) -> IbisTable:
        """Return the table with the columns it lacks; rows are numbered from `first`."""
        if self.make_id:
            table = table.mutate(**{MADE_ID: ibis.row_number() + first})
        if self.as_of is not None:
            noon = datetime.combine(self.as_of, time(12))
            table = table.mutate(**{MADE_TIME: ibis.literal(noon, "timestamp")})
        return table


def find_keys(look: Look, wishes: Wishes, answers: Answers) -> Keys:
    """Return the columns of id and time. What is lacking is left to `answers` to say.

    Raises:
        ProposalError: A column was named that does not exist, or cannot be what it was named for.
    """
    when, as_of = _time(look, wishes, answers)
    key = _id(look, wishes, answers, copied=as_of is not None)
    made = Time(column=MADE_TIME, format="timestamp", why="made for the copy")
    return Keys(
        id=key or MADE_ID, time=when or made, as_of=None if when else as_of, make_id=key is None
    )


def named(look: Look, name: str, flag: str) -> str:
    """Return the column `name`, as it is written in the data.

    Raises:
        ProposalError: There is none.
    """
    if name in look.facts:
        return name
    near = [known for known in look.facts if words(known) == words(name)]
    hint = f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(look.facts)}"
    raise ProposalError(f"{flag} {name}: the data has no such column{hint}")


def _time(look: Look, wishes: Wishes, answers: Answers) -> tuple[Time | None, date | None]:
    if wishes.as_of is not None:
        return None, ended_day(wishes.as_of)
    if wishes.timestamp is not None:
        return _told(look, named(look, wishes.timestamp, "--timestamp")), None
    found = times_in(look.table, look.facts)
    if found:
        chosen = _which(look, found, answers)
        return (_format(chosen, answers), None) if chosen else (None, None)
    if not look.place.files:
        answers.lack(
            "--timestamp is needed: no column of the data says when a row happened, and"
            f" {LIVE}. Add such a column where the data is made."
        )
        return None, None
    said = answers(as_of_question(look, MADE_TIME))
    return None, day_said(said) if said else None


def _told(look: Look, name: str) -> Time:
    told = time_of(look.table, look.facts[name])
    if told is None:
        facts = look.facts[name]
        raise ProposalError(
            f"--timestamp {name}: the column is {facts.type} and no time can be read in it; name a"
            " date, a timestamp, an integer year, or a text such as 2026-01-31"
        )
    return told


def _which(look: Look, found: Sequence[Time], answers: Answers) -> Time | None:
    first, *others = found
    if not others or _certain(look, first, others):
        return first
    said = answers(
        Question(
            flag="--timestamp",
            asks="which column says when the row happened (when the model was asked)?",
            guess=first.column,
            why=first.why,
            choices=tuple(time.column for time in found),
            needed=True,
        )
    )
    return next((time for time in found if time.column == said), None)


def _certain(look: Look, first: Time, others: Sequence[Time]) -> bool:
    complete = [t for t in others if not look.facts[t.column].missing]
    return not look.facts[first.column].missing and not complete


def _format(found: Time, answers: Answers) -> Time:
    """Return the time with its format; of several that read the same texts, the one answered."""
    if not found.alternatives:
        return found
    said = answers(
        Question(
            flag="--timestamp",
            asks=f"how are the times in {found.column!r} written?",
            guess=found.format,
            why="the texts can be read in several ways",
            choices=(found.format, *found.alternatives),
            needed=True,
        )
    )
    return Time(column=found.column, format=said or found.format, why=found.why)


def _id(look: Look, wishes: Wishes, answers: Answers, *, copied: bool) -> str | None:
    if wishes.id is not None:
        return named(look, wishes.id, "--id")
    found = id_of(look.facts)
    if found is not None:
        return found[0]
    if not look.place.files or (is_dated(look) and not copied):
        answers.lack(f"--id is needed: no column names each row, and {LIVE}.")
        return None
    answers(
        Question(
            flag="--id",
            asks="no column names each row; write a copy of the data whose rows are numbered?",
            guess="yes",
            why=f"the numbers stand in a column {MADE_ID!r}",
            choices=("yes",),
            needed=True,
        )
    )
    return None

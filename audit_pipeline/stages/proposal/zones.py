"""The time zone whose midnights cut the windows, and clock times in it."""

from zoneinfo import available_timezones

import ibis

from audit_pipeline.profiles.engine import IbisTable, IbisValue
from audit_pipeline.stages.missing import MissingError
from audit_pipeline.stages.proposal.keys import Keys
from audit_pipeline.stages.proposal.looking import Look
from audit_pipeline.stages.proposal.questions import Answers, ProposalError, Question
from audit_pipeline.stages.timing import as_instant

USUAL = "UTC"


@ibis.udf.scalar.builtin(  # type: ignore[untyped-decorator]
    signature=(("string", "timestamp('UTC')"), "timestamp")
)
def timezone(zone: str, instant: object) -> object:
    """Return the clock time of an instant in a zone (the engine's own function)."""


def find_zone(look: Look, keys: Keys, said: str | None, answers: Answers) -> str:
    """Return the IANA zone of the windows. A person is asked where times have a clock and no zone.

    Raises:
        ProposalError: The zone that was given does not exist.
    """
    zones = available_timezones()
    if said is not None:
        if said not in zones:
            near = sorted(z for z in zones if said.lower() in z.lower())[:3]
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise ProposalError(
                f"--timezone {said}: no such IANA time zone; write one like Europe/Berlin{hint}"
            )
        return said
    if keys.as_of is not None or not _clock_without_zone(look, keys):
        return USUAL
    answer = answers(
        Question(
            flag="--timezone",
            asks=f"in which time zone are the times in {keys.time.column!r}?",
            guess=USUAL,
            why="they name none; write one like Europe/Berlin",
            choices=tuple(sorted(zones)),
            needed=True,
        )
    )
    return answer or USUAL


def clock_time(table: IbisTable, name: str, form: str, zone: str) -> IbisValue:
    """Return what the clock in a zone showed when each row happened.

    Raises:
        MissingError: The column's type is not one that `form` can read.
    """
    when = as_instant(table, name, form)
    if not when.type().timezone:
        return when.cast("timestamp")
    return timezone(zone, when.cast("timestamp('UTC')"))


def clock_times(look: Look, keys: Keys, zone: str) -> IbisValue:
    """Return what the clock in a zone showed when each row of a look happened.

    Raises:
        ProposalError: The column is none that a time can be read in.
    """
    try:
        return clock_time(look.table, keys.time.column, keys.time.format, zone)
    except MissingError as error:
        raise ProposalError(str(error)) from error


def _clock_without_zone(look: Look, keys: Keys) -> bool:
    kind = look.table[keys.time.column].type()
    if keys.time.format == "timestamp":
        return kind.is_timestamp() and not kind.timezone
    return "%H" in keys.time.format and "%z" not in keys.time.format

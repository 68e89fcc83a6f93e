"""Cut a table to the rows of a window, by whatever way their times are written."""

from dataclasses import replace

import ibis

from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.window import Window
from audit_pipeline.profiles.engine import IbisTable, IbisValue, one_row, own_name, try_strptime
from audit_pipeline.stages.gathered import Gathered, counted, need
from audit_pipeline.stages.missing import MissingError

ZONED = "timestamp('UTC')"
NO_FORMAT = "InvalidInputException"
"""What the engine calls it: whatever the text, `try_strptime` refuses the format alone."""
YEARS = 1, 9999
"""The years of the calendar."""


def cut(gathered: Gathered, audit: Audit, window: Window) -> None:
    """Keep the rows within the window; count all, and those whose time cannot be read.

    Raises:
        MissingError: The timestamp column is not there, or no time in it can be read.
    """
    name, form = audit.columns.timestamp.column, audit.columns.timestamp.format
    need(gathered.table, name, "timestamp")
    own = own_name("when", gathered.table)
    rows = gathered.table.mutate(**{own: as_instant(gathered.table, name, form)})
    when = rows[own]
    if gathered.noting:
        _note_timeless(gathered, rows.select(when=when), name, form)
    if not when.type().timezone:
        _note_repeated_hour(gathered, name, window)
    start, end = _bounds(when, window)
    gathered.table = rows.filter((when >= start) & (when < end)).drop(own)


def _note_timeless(gathered: Gathered, times: IbisTable, name: str, form: str) -> None:
    """Say how many rows there are, in the table's record, and how many have no time.

    Raises:
        MissingError: None has one, or the format is none.
    """
    try:
        found = one_row(times.aggregate(n=times.when.isnull().sum(), rows=times.count()))
    except Exception as error:
        if type(error).__name__ != NO_FORMAT:
            raise
        raise MissingError(f"the timestamp format {form!r} of {name!r} is no strftime") from None
    gathered.sources[0] = replace(gathered.sources[0], rows=found["rows"])
    lost = found["n"] or 0
    if lost and lost == found["rows"]:
        raise MissingError(
            f"none of the {counted(lost, 'row')} has a time in {name!r} that can be read as"
            f" {form!r}"
        )
    if lost:
        gathered.notes.append(
            f"{counted(lost, 'row')} of the source without a readable time in {name!r}: of no"
            " window, so left out"
        )


def _note_repeated_hour(gathered: Gathered, name: str, window: Window) -> None:
    """Say of the two windows of a repeated hour which one its rows are in.

    `fold` marks the second of two equal clock times; only windows of an hour begin or end there.
    """
    if not (window.start.fold or window.end.fold):
        return
    here = "this window has the rows of both" if window.start.fold else "this window has none"
    gathered.notes.append(
        f"the clock is set back around {window.key}, and the times in {name!r} have no zone: rows"
        " of the hour that comes twice cannot be told apart and are all in the second of its two"
        f" windows; {here}"
    )


def as_instant(table: IbisTable, name: str, form: str) -> IbisValue:
    """Return when each row happened, by a column written as `form`; null where it says no time.

    Raises:
        MissingError: The column's type is not one that `form` can read.
    """
    column, kind = table[name], table[name].type()
    if form == "year":
        return _year(column, name)
    if form == "timestamp":
        if kind.is_timestamp():
            return column
        if kind.is_date():
            return column.cast("timestamp")
        raise MissingError(
            f"the timestamp column {name!r} is {kind}; say how it is written with"
            f" `timestamp: {{column: {name}, format: '%Y-%m-%d'}}`"
        )
    if kind.is_timestamp() or kind.is_date():
        raise MissingError(f"the timestamp column {name!r} is {kind}, not text: leave `format` out")
    when = try_strptime(column.cast("string"), form)
    return when.cast(ZONED) if "%z" in form.lower() else when


def _year(column: IbisValue, name: str) -> IbisValue:
    if not column.type().is_numeric():
        raise MissingError(f"the timestamp column {name!r} is {column.type()}, not a year")
    number = column.cast("float64")  # a NaN or an infinity is no integer
    first, last = YEARS
    sane = (number >= first) & (number <= last) & ~number.isnan()
    year = ibis.ifelse(sane, number, float(first)).floor().cast("int64")
    return ibis.ifelse(sane, ibis.timestamp(year, 1, 1, 0, 0, 0), ibis.null("timestamp"))


def _bounds(when: IbisValue, window: Window) -> tuple[IbisValue, IbisValue]:
    """Return the window's ends: as instants for zoned times, as local wall time otherwise."""
    if when.type().timezone:
        return ibis.literal(window.start, ZONED), ibis.literal(window.end, ZONED)
    local = window.start.replace(tzinfo=None), window.end.replace(tzinfo=None)
    return ibis.literal(local[0], "timestamp"), ibis.literal(local[1], "timestamp")

"""The difference between what was not there and what broke."""

import re
import traceback


class MissingError(Exception):
    """Something planned was not obtained: data, a column, a model. A gap, not a crash."""


class NothingClaimedError(Exception):
    """A stage ran before the snapshot of its window was taken."""


def said(error: BaseException) -> str:
    """Return what an unexpected error says, on one line, with quoted text and numbers taken out.

    Engines quote the very values they stumble over; those may be somebody's.

    >>> said(ValueError("cannot convert 'Jane Doe' to a number"))
    "ValueError: cannot convert '…' to a number"
    >>> said(ValueError("INT64 with value 41200 is out of range"))
    'ValueError: INT64 with value … is out of range'
    """
    lines = str(error).strip().splitlines()
    first = re.sub(r"(['\"]).*?\1", "'…'", lines[0]) if lines else ""
    first = re.sub(r"(?<![\w.])[-+]?\d[\d.,]*(?:e[-+]?\d+)?(?!\w)", "…", first)
    return f"{type(error).__name__}: {first}".rstrip(": ")


def where(error: BaseException) -> str:
    """Return the places an error came through, for the log: the calls, and no values."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    cause = error.__cause__ or error.__context__
    return f"{frames}{said(error)}" + (f"\nafter: {where(cause)}" if cause else "")

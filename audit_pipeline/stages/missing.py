"""The difference between what was not there and what broke."""

import re


class MissingError(Exception):
    """Something planned was not obtained: data, a column, a model. A gap, not a crash."""


class NothingClaimedError(Exception):
    """A stage ran before the snapshot of its window was taken."""


def said(error: BaseException) -> str:
    """Return what an unexpected error says, on one line, with quoted text taken out.

    Engines quote the very values they stumble over; those may be somebody's.

    >>> said(ValueError("cannot convert 'Jane Doe' to a number"))
    "ValueError: cannot convert '…' to a number"
    """
    lines = str(error).strip().splitlines()
    first = re.sub(r"(['\"]).*?\1", "'…'", lines[0]) if lines else ""
    return f"{type(error).__name__}: {first}".rstrip(": ")

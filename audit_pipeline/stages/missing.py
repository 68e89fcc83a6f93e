"""The difference between what was not there and what broke."""

import os
import traceback
from pathlib import Path

from audit_pipeline.models.child import ChildFailed

PACKAGE = __name__.partition(".")[0]


class MissingError(Exception):
    """Something planned was not obtained: data, a column, a model. A gap, not a crash."""


class NothingClaimedError(Exception):
    """A stage ran before the snapshot of its window was taken."""


def said(error: BaseException) -> str:
    """Return what an unexpected error is and where it arose, in one line; its own words never.

    Engines quote the very values they stumble over, quoted or not; those may be somebody's. An
    error of ours has words that were written to be read: its first line stays. So does what the
    operating system says by number, such as that the disk is full.

    >>> said(ValueError("cannot convert O'Brien Mary to a number"))
    'ValueError'
    >>> said(OSError(28, "O'Brien Mary"))
    'OSError: No space left on device'
    >>> said(MissingError("the id column 'id' is missing"))
    "MissingError: the id column 'id' is missing"
    """
    place, words = _place(error), _words(error)
    return (
        type(error).__name__ + (f" in {place}" if place else "") + (f": {words}" if words else "")
    )


def _words(error: BaseException) -> str:
    if isinstance(error, ChildFailed):
        return error.kind  # its message is that of the library that raised in the child
    if _is_ours(type(error).__module__):
        return next(iter(str(error).strip().splitlines()), "")
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)  # not its own `strerror`, which a library may have filled
    return ""


def _place(error: BaseException) -> str:
    """Return file and line of the innermost frame of ours, such as `snapshot.py:57`."""
    frames = list(traceback.walk_tb(error.__traceback__))
    ours = [(f, line) for f, line in frames if _is_ours(f.f_globals.get("__name__", ""))]
    return next((f"{Path(f.f_code.co_filename).name}:{line}" for f, line in reversed(ours)), "")


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] == PACKAGE


def where(error: BaseException) -> str:
    """Return the places an error came through, for the log: the calls, and no values."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    cause = error.__cause__ or error.__context__
    return f"{frames}{said(error)}" + (f"\nafter: {where(cause)}" if cause else "")

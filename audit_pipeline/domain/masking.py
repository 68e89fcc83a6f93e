"""What may leave the rows: never a value as it stands."""

import math

FEWEST = 10
"""A number of fewer rows than this could be somebody's: it is nowhere shown."""


def few(rows: int | None) -> bool:
    """Return whether a count is of so few people that it may not be told; none at all may.

    >>> few(9), few(10), few(0), few(None)
    (True, False, False, False)
    """
    return rows is not None and 0 < rows < FEWEST


def mask(value: object) -> str:
    """Return a stand-in for `value` that tells its kind and nothing that identifies.

    No digest is shown: a hash of an age or a postcode is undone by trying them all.

    >>> mask("Jane Doe")
    'text of 8 characters'
    >>> mask(412)
    'a number'
    >>> mask(None)
    'null'
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return f"text of {len(value)} characters"
    return f"a {type(value).__name__}"

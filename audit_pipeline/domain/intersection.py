"""Two protected attributes together: whom the one or the other alone does not show."""

from collections.abc import Iterable
from itertools import combinations

BY = " \N{MULTIPLICATION SIGN} "
"""Stands between two attributes, and between the two codes of a group of both."""


def intersections(attributes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return every pair of protected attributes, by what it is called, in the order declared.

    >>> list(intersections(["SEX", "RACE", "AGE"]).values())
    [('SEX', 'RACE'), ('SEX', 'AGE'), ('RACE', 'AGE')]
    """
    return {BY.join(pair): pair for pair in combinations(attributes, 2)}

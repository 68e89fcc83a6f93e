"""Protected attributes and their groups: how they are called, and counted by few queries."""

import re
from collections.abc import Iterable, Mapping
from math import prod

from audit_pipeline.domain.intersection import BY

MISSING = "missing"
"""The group of rows whose protected attribute is null. A category of that name stands in quotes."""
Attributes = Mapping[str, str]
"""Protected attributes, by the names of their columns in the table of rows."""


def bundled(
    wanted: Iterable[tuple[str, ...]], sizes: Mapping[str, int], most: int
) -> list[tuple[str, ...]]:
    """Return few sets of names that cover all `wanted` ones, each of no more than `most` cells.

    One query is asked for each set, instead of one for each that is wanted.

    >>> bundled([("a", "b"), ("a",), ("b",), ("c",)], {"a": 2, "b": 3, "c": 90}, 100)
    [('a', 'b'), ('c',)]
    """
    pending, found = list(wanted), list[tuple[str, ...]]()
    while pending:
        bundle = pending[0]
        for name in dict.fromkeys(name for names in pending for name in names):
            if name not in bundle and prod(sizes[n] for n in (*bundle, name)) <= most:
                bundle = (*bundle, name)
        pending = [names for names in pending if not set(names) <= set(bundle)]
        found.append(bundle)
    return found


def group_name(code: str | None) -> str:
    """Return what the rows of a protected attribute's value are called.

    >>> group_name("1"), group_name(None), group_name("missing")
    ('1', 'missing', "'missing'")
    """
    if code is None:
        return MISSING
    # quotes too, else a second name would be taken
    return f"'{code}'" if re.fullmatch(f"'*{MISSING}'*", code) else code


def cross_name(names: Iterable[str]) -> str:
    """Return what a group of two attributes is called, by what the two of one are.

    A sign of ours within a name is told apart.
    """
    return BY.join(f"'{name}'" if BY.strip() in name else name for name in names)

"""Lists that go to a database a part at a time: each limits how much one question may name."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

AT_ONCE = 500

Key = TypeVar("Key", int, str)


def chunked(keys: Iterable[Key], most: int = AT_ONCE) -> Iterator[list[Key]]:
    """Yield keys, at most so many at a time, in order.

    >>> list(chunked([3, 1, 2], 2))
    [[1, 2], [3]]
    """
    ordered = sorted(keys)
    for at in range(0, len(ordered), most):
        yield ordered[at : at + most]

"""Lists that go to a database a part at a time: each limits how much one question may name."""

from collections.abc import Iterable, Iterator

AT_ONCE = 500


def chunked(numbers: Iterable[int], most: int = AT_ONCE) -> Iterator[list[int]]:
    """Yield numbers, at most so many at a time, in order.

    >>> list(chunked([3, 1, 2], 2))
    [[1, 2], [3]]
    """
    ordered = sorted(numbers)
    for at in range(0, len(ordered), most):
        yield ordered[at : at + most]

"""Small cells: what a count of few people may show."""

from collections.abc import Mapping
from typing import TypeVar

from audit_pipeline.domain.masking import FEWEST
from audit_pipeline.report.numbers import SPACE, count

SMALLEST = FEWEST
"""A cell of fewer rows than this is not shown as a number."""

SMALL = f"<{SPACE}{SMALLEST}"
WITHHELD = "withheld"

Key = TypeVar("Key")


def shown(rows: int) -> str:
    """Return a count for people, or that it is small.

    >>> shown(9).replace(SPACE, " "), shown(1234)
    ('< 10', '1,234')
    """
    return SMALL if rows < SMALLEST else count(rows)


def cells(counts: Mapping[Key, int]) -> dict[Key, str]:
    """Return the text of each cell of one whole whose total is known.

    Where a single cell is small, the next smallest is withheld too: else the total minus the
    others would give the small one away.

    >>> [text.replace(SPACE, " ") for text in cells({"a": 90, "b": 7, "c": 40}).values()]
    ['90', '< 10', 'withheld']
    """
    texts = {key: shown(rows) for key, rows in counts.items()}
    small = [key for key, rows in counts.items() if rows < SMALLEST]
    others = [key for key in counts if key not in small]
    if len(small) == 1 and counts[small[0]] > 0 and others:
        texts[min(others, key=lambda key: counts[key])] = WITHHELD
    return texts


def crossed_cells(counts: Mapping[Key, int]) -> dict[Key, str]:
    """Return the text of each cell of two attributes crossed, whose totals each way are known.

    Where any cell is small, no other is told: each line's total stands in the table of the one
    attribute, and less the line's other cells it would be the small one.

    >>> [text.replace(SPACE, " ") for text in crossed_cells({"a": 90, "b": 7, "c": 40}).values()]
    ['withheld', '< 10', 'withheld']
    """
    if not any(0 < rows < SMALLEST for rows in counts.values()):
        return {key: shown(rows) for key, rows in counts.items()}
    return {key: SMALL if rows < SMALLEST else WITHHELD for key, rows in counts.items()}


def hidden(text: str) -> bool:
    """Return whether a cell's text stands for a number that is not shown."""
    return text in {SMALL, WITHHELD}

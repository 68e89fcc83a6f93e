"""Evidence may be handed on, so it holds no cell that speaks of a few people."""

from collections.abc import Mapping, Sequence
from typing import Any

from audit_pipeline.domain.intersection import BY
from audit_pipeline.domain.masking import FEWEST, few

SMALLEST_SHOWN = FEWEST
"""Cells of fewer rows are suppressed, and one more beside a single one: a total would tell it."""
NAMES = frozenset({"group", "class", "category", "low", "high", "place", "together"})
COUNT = "rows"


def without_small_cells(content: Any) -> Any:  # noqa: ANN401 (whatever JSON can say)
    """Return `content` with the numbers of small cells taken out.

    A cell is an object with a count under `rows`, in a list of such or by name. One of fewer than
    `SMALLEST_SHOWN` rows keeps its name, loses its numbers and says `suppressed`.

    >>> cells = [{"group": "a", "rows": 3, "rate": 0.5}, {"group": "b", "rows": 90, "rate": 0.1}]
    >>> without_small_cells(cells)[0]
    {'group': 'a', 'rows': None, 'rate': None, 'suppressed': True}
    >>> without_small_cells(cells)[1]
    {'group': 'b', 'rows': None, 'rate': 0.1}
    """
    if isinstance(content, Mapping):
        if content and all(_is_cell(item) for item in content.values()):
            return dict(zip(content, _cells(list(content.values())), strict=True))
        return {key: without_small_cells(value) for key, value in content.items()}
    if not isinstance(content, list):
        return content
    if content and all(_is_cell(item) for item in content):
        return _cells(content)
    return [without_small_cells(item) for item in content]


def _is_cell(item: object) -> bool:
    return isinstance(item, Mapping) and isinstance(item.get(COUNT), int) and _named(item)


def _named(item: Mapping[str, Any]) -> bool:
    return bool(NAMES & set(item)) and "role" not in item


def _cells(cells: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    small = [few(cell[COUNT]) for cell in cells]
    hidden = set[int]()
    large = [place for place, is_small in enumerate(small) if not is_small]
    if sum(small) == 1 and large:
        hidden = {min(large, key=lambda place: cells[place][COUNT])}
    if any(small) and any(BY in str(cell.get("group", "")) for cell in cells):
        hidden = set(large)  # the totals of each attribute stand elsewhere
    return [
        _suppressed(cell) if is_small else {**cell, COUNT: None if place in hidden else cell[COUNT]}
        for place, (cell, is_small) in enumerate(zip(cells, small, strict=True))
    ]


def _suppressed(cell: Mapping[str, Any]) -> dict[str, Any]:
    names = NAMES - {"low", "high"} if "group" in cell else NAMES
    kept = {key: value if key in names else None for key, value in cell.items()}
    return kept | {"suppressed": True}

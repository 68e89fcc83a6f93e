"""Which cells of tables may not be told: those of few rows, and what would tell those."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from audit_pipeline.domain.intersection import intersections
from audit_pipeline.domain.masking import FEWEST
from audit_pipeline.profiles.bundles import cross_name
from audit_pipeline.profiles.counts import JointCounts

Hidden = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]
Line = npt.NDArray[np.int64]
"""The places of cells whose total is told elsewhere."""
Outcome = tuple[str | None, str | None]
Joints = Mapping[str, JointCounts]


def hidden_in(counts: Counts, lines: Iterable[Line]) -> Hidden:
    """Return which of the cells may not be told.

    Those of fewer than ten rows; and where a line has one only, its next smallest too, for the
    line's total would tell it.
    """
    found: Hidden = (counts > 0) & (counts < FEWEST)
    known, before = list(lines), -1
    while before != found.sum():
        before = int(found.sum())
        for line in known:
            others = line[~found[line] & (counts[line] > 0)]
            if len(others) and found[line].sum() == 1:
                found[others[np.argmin(counts[others])]] = True
    return found


def hidden(counts: Counts) -> Hidden:
    """Return the same of a table by two keys, whose lines and columns have totals.

    >>> hidden(np.array([[3, 20, 30], [40, 50, 60]])).astype(int).tolist()
    [[1, 1, 0], [1, 1, 0]]
    """
    places = np.arange(counts.size).reshape(counts.shape)
    return hidden_in(counts.ravel(), [*places, *places.T]).reshape(counts.shape)


def hidden_outcomes(groups: Mapping[str, Joints]) -> dict[tuple[str, str], set[Outcome]]:
    """Return the labels and predictions that no number is told of, by attribute and group.

    Told elsewhere are the rows of each group, and of each of its labels; those of each outcome; and
    of a group of two attributes, those of each outcome in either.
    """
    pairs, found = intersections(groups), dict[tuple[str, str], set[Outcome]]()
    for name, known in groups.items():
        both = [groups[one] for one in pairs.get(name, ()) if one in groups]
        keys = sorted({key for joint in known.values() for key in joint.counts}, key=str)
        counts = np.array(
            [[joint.counts.get(key, 0) for key in keys] for joint in known.values()], np.int64
        ).reshape(len(known), len(keys))
        places = np.arange(counts.size).reshape(counts.shape)
        lines = [*places, *_by_label(places, keys), *places.T]
        for at in _halves(list(known), both):
            lines += list(places[at].T)
        gone = hidden_in(counts.ravel(), lines).reshape(counts.shape)
        for group, cells in zip(known, gone, strict=True):
            found[name, group] = {key for key, is_gone in zip(keys, cells, strict=True) if is_gone}
    return found


def hidden_overall(outcomes: Sequence[Outcome], counts: Counts) -> Hidden:
    """Return the same of all rows, of which those of each label and of each prediction are told."""
    places = np.arange(len(outcomes))
    by_class = [*_by_label(places, outcomes), *_by_label(places, [o[::-1] for o in outcomes])]
    return hidden_in(counts, [places, *by_class])


def _by_label(places: npt.NDArray[Any], keys: Sequence[Outcome]) -> Iterator[Line]:
    """Yield the places of each label, in the whole of a table or in each of its lines."""
    for label in {label for label, _ in keys}:
        own = places[..., [key[0] == label for key in keys]]
        yield from own.reshape(-1, own.shape[-1])


def _halves(groups: Sequence[str], both: Sequence[Joints]) -> Iterator[list[int]]:
    """Yield, for each group of one of two attributes, where it is among groups of both."""
    if len(both) != 2:  # noqa: PLR2004 (an attribute of its own)
        return
    at = {group: place for place, group in enumerate(groups)}
    table = [[at.get(cross_name((a, b))) for b in both[1]] for a in both[0]]
    for line in [*table, *zip(*table, strict=True)]:
        yield [place for place in line if place is not None]

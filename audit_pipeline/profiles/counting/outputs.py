"""Count what the model said against what came out: by label, prediction and protected group."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations
from math import prod
from typing import Any

import ibis

from audit_pipeline.domain.intersection import BY
from audit_pipeline.profiles.bundles import Attributes, bundled, cross_name, group_name
from audit_pipeline.profiles.counting.classes import Binary, classes
from audit_pipeline.profiles.counting.exact import weighed
from audit_pipeline.profiles.counts import JointCounts
from audit_pipeline.profiles.engine import IbisTable, as_code
from audit_pipeline.profiles.profile import UNIT

MOST_GROUPS = 10_000
"""Groups of one attribute, or of two together; beyond it each would hold next to nobody."""
Cell = dict[str, Any]
Groups = dict[str, dict[str, JointCounts]]


def joint_counts(
    rows: IbisTable, binary: Binary | None, attributes: Attributes, sizes: Mapping[str, int]
) -> tuple[JointCounts, Groups]:
    """Return the rows by label and prediction, and the same in each group of each attribute.

    Two attributes together are one more, joined by `BY`, and so are its groups; rows without
    a value are the group `missing`.

    Args:
        rows: With columns `target`, `prediction`, `w` as far as there are any, and the attributes.
        binary: The two classes, in a binary audit.
        attributes: To be counted by.
        sizes: How many groups each attribute has; those of more than `MOST_GROUPS`, and pairs of
            more, are left out: see `too_many`.
    """
    kept = [name for name in attributes if sizes[name] <= MOST_GROUPS]
    singles = [(name,) for name in kept]
    pairs = [p for p in combinations(kept, 2) if prod(sizes[n] for n in p) <= MOST_GROUPS]
    bundles = bundled([*pairs, *singles], sizes, MOST_GROUPS) or [()]
    overall: JointCounts | None = None
    groups: Groups = {}
    for bundle in bundles:
        cells = _cells(rows, binary, {name: attributes[name] for name in bundle})
        overall = overall or _joint(cells)
        for names in [*singles, *pairs]:
            if set(names) <= set(bundle) and BY.join(names) not in groups:
                groups[BY.join(names)] = _by_group(cells, names)
    return overall or _joint([]), groups


def too_many(sizes: Mapping[str, int]) -> dict[str, str]:
    """Return the attributes, and pairs of them, that are not counted by; and why."""
    few = [name for name in sizes if sizes[name] <= MOST_GROUPS]
    pairs = {BY.join(pair): prod(sizes[n] for n in pair) for pair in combinations(few, 2)}
    found = dict(sizes) | pairs
    return {
        name: f"{name} has {size:,} groups, more than the {MOST_GROUPS:,} that can be compared"
        for name, size in found.items()
        if size > MOST_GROUPS
    }


def _cells(rows: IbisTable, binary: Binary | None, attributes: Attributes) -> list[Cell]:
    """Return the rows counted by label, prediction and attributes.

    Values are made codes when they have been counted: text costs more than all the rest.
    """
    columns = list(attributes.values())
    raw = [name for name in ("target", "prediction", *columns) if name in rows.columns]
    if not raw:
        rows, raw = rows.mutate(one=ibis.literal(1)), ["one"]
    found = rows.group_by(raw).aggregate(**weighed(rows))
    named = found.mutate(
        label=classes(found, "target", binary),
        predicted=classes(found, "prediction", binary),
        **{name: as_code(found[name]) for name in columns},
    )
    keys = ["label", "predicted", *columns]
    summed = [name for name in ("rows", "mass", "squares") if name in named.columns]
    again = named.group_by(keys).aggregate(**{name: named[name].sum() for name in summed})
    back = {column: name for name, column in attributes.items()}
    cells = again.to_pyarrow().to_pylist()
    return [
        {
            "key": (cell["label"], cell["predicted"]),
            "codes": {back[column]: cell[column] for column in columns},
            **{name: int(cell[name]) for name in summed},
        }
        for cell in cells
    ]


def _by_group(cells: list[Cell], names: tuple[str, ...]) -> dict[str, JointCounts]:
    found = defaultdict[tuple[str | None, ...], list[Cell]](list)
    for cell in cells:
        found[tuple(cell["codes"][name] for name in names)].append(cell)
    name_of = {
        codes: cross_name(map(group_name, codes)) if len(codes) > 1 else group_name(*codes)
        for codes in found
    }
    return {
        name_of[codes]: _joint(found[codes]) for codes in sorted(found, key=name_of.__getitem__)
    }


def _joint(cells: list[Cell]) -> JointCounts:
    """Return counts by label and prediction, in an order of their own."""
    keys = sorted(
        {cell["key"] for cell in cells}, key=lambda key: [(k is None, k or "") for k in key]
    )
    summed = {
        name: dict.fromkeys(keys, 0)
        for name in ("rows", "mass", "squares")
        if cells and name in cells[0]
    }
    for cell in cells:
        for name, total in summed.items():
            total[cell["key"]] += cell[name]
    counts = summed.get("rows", {})
    if "mass" not in summed:
        return JointCounts(counts=counts, mass={key: float(n) for key, n in counts.items()})
    return JointCounts(
        counts=counts,
        mass={key: number / UNIT for key, number in summed["mass"].items()},
        squares={key: number / UNIT for key, number in summed["squares"].items()},
    )

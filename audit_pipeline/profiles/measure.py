"""Make the profile of a table: the only code that touches rows at scale."""

import math
from collections.abc import Mapping
from typing import Any

import ibis

from audit_pipeline.audits.audit import Audit
from audit_pipeline.profiles.counting.classes import Binary, binary_of, classes
from audit_pipeline.profiles.counting.columns import count_columns
from audit_pipeline.profiles.counting.errors import count_errors, count_residuals
from audit_pipeline.profiles.counting.outputs import joint_counts, too_many
from audit_pipeline.profiles.counting.products import count_products, product_grids
from audit_pipeline.profiles.counting.roles import attributes, group_sizes, role_rows
from audit_pipeline.profiles.counting.scores import (
    count_scores,
    count_scores_by_group,
    too_many_scored,
)
from audit_pipeline.profiles.counting.volume import count_volume
from audit_pipeline.profiles.engine import IbisTable, as_number, one_row, own_name
from audit_pipeline.profiles.plan import ColumnPlan
from audit_pipeline.profiles.profile import Column, Profile

LIGHTEST = 2.0**-10
"""In units of weights: a lighter row weighs nothing. Its weight, and more so the square of it,
would be lost in sums of whole parts."""
HEAVIEST = 2.0**20
"""In units of weights; a heavier row would not fit into the sums."""


class ProfileError(Exception):
    """A table cannot be profiled at all; the text says why."""


def profile_table(table: IbisTable, audit: Audit, plan: ColumnPlan, engine: str) -> Profile:
    """Return the profile of `table`, counted as `plan` says.

    Raises:
        ProfileError: A weight is negative, NaN or missing: no share could be trusted.
    """
    own = own_name("weight", table)
    weighted, zero, unit = _weighed(table, audit, own)
    weight = own if audit.columns.weight is not None else None
    columns, unreadable = count_columns(weighted, audit, plan, weight)
    rows = role_rows(weighted, audit, weight)
    binary = _binary(table, audit)
    if audit.task == "regression":
        outputs, uncounted = _of_regression(rows, plan), dict[str, str]()
    else:
        outputs, uncounted = _of_classes(rows, binary, attributes(weighted, audit), columns)
    grids, why = product_grids(columns)
    if why is not None:
        uncounted["correlations"] = why
    return Profile(
        **(_row_counts(rows) | outputs),
        zero_weight=zero,
        engine=engine,
        positive=binary.positive if binary else None,
        columns=columns,
        products=count_products(weighted, grids),
        volume=count_volume(weighted, audit.columns.timestamp.column),
        weight_unit=unit,
        unreadable=uncounted | unreadable,
    )


def _row_counts(rows: IbisTable) -> dict[str, Any]:
    """Return how many rows there are, and how many have no id or share one with an earlier row."""
    asked = {"rows": rows.count(), "ids": rows.id.nunique(), "known": rows.id.count()}
    found = one_row(rows.aggregate(**asked))
    return {
        "rows": found["rows"],
        "duplicate_ids": found["known"] - found["ids"],
        "null_ids": found["rows"] - found["known"],
    }


def _of_classes(
    rows: IbisTable, binary: Binary | None, known: Mapping[str, str], columns: Mapping[str, Column]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what a profile has of a classifier's outputs, and why some is not counted."""
    sizes = group_sizes(rows, known, columns)
    outcomes, groups = joint_counts(rows, binary, known, sizes)
    outputs: dict[str, Any] = {
        "outcomes": outcomes,
        "groups": groups,
        "labelled": sum(n for (label, _), n in outcomes.counts.items() if label is not None),
        "predicted": sum(n for (_, said), n in outcomes.counts.items() if said is not None),
    }
    uncounted = too_many(sizes)
    if binary is not None and _has_numbers(rows, "score"):
        outputs["scores"] = count_scores(rows, binary)
        outputs["scores_by_group"] = count_scores_by_group(rows, binary, known, sizes)
        uncounted |= too_many_scored(sizes)
    return outputs, uncounted


def _of_regression(rows: IbisTable, plan: ColumnPlan) -> dict[str, Any]:
    """Return what a profile has of a regression's outputs."""
    said = {
        word: classes(rows, name, None).count()
        for word, name in (("labelled", "target"), ("predicted", "prediction"))
        if name in rows.columns
    }
    outputs: dict[str, Any] = {"labelled": 0, "predicted": 0}
    outputs |= one_row(rows.aggregate(**said)) if said else {}
    both = _has_numbers(rows, "target") and _has_numbers(rows, "prediction")
    return outputs | {
        "outcomes": None,
        "errors": count_errors(rows) if both else None,
        "residuals": count_residuals(rows, plan.residuals) if both and plan.residuals else None,
    }


def _has_numbers(rows: IbisTable, name: str) -> bool:
    return name in rows.columns and bool(rows[name].type().is_numeric())


def _binary(table: IbisTable, audit: Audit) -> Binary | None:
    """Return the classes of a binary audit; where no target says which is positive, 1 or true."""
    target, prediction = audit.columns.target, audit.columns.prediction
    if audit.task != "binary":
        return None
    if target is not None:
        return binary_of(target.positive, target.negative)
    label = prediction.label if prediction else None
    said = table[label].type() if label in table.columns else None
    return binary_of(True if said is not None and said.is_boolean() else 1)


def _weighed(table: IbisTable, audit: Audit, own: str) -> tuple[IbisTable, int, float]:
    """Return the rows that weigh anything, how many do not, and the unit of weights.

    The weights stand in the column `own`, if there are any.
    """
    name = audit.columns.weight
    if name is None:
        return table, 0, 1.0
    if name not in table.columns:
        raise ProfileError(f"the weight column {name} is missing")
    if not table[name].type().is_numeric():
        raise ProfileError(f"the weight column {name} is {table[name].type()}, not a number")
    weight = as_number(table[name])
    bad = weight.isnull() | weight.isnan() | weight.isinf() | (weight < 0)
    some = ibis.ifelse(weight > 0, weight, ibis.null("float64"))
    facts = one_row(
        table.aggregate(
            bad=bad.sum(),
            all=table.count(),
            least=some.min(),
            largest=some.max(),
            some=some.count(),
        )
    )
    if facts["bad"]:
        raise ProfileError(
            f"{facts['bad']} rows have a weight in {name} that is negative, missing or no number"
        )
    unit = _unit(facts["least"] or 1.0, facts["largest"] or 1.0)
    least = unit * LIGHTEST
    kept = table.filter(weight >= least) if least else table.filter(weight > 0)
    weighing = facts["some"]
    if weighing and facts["least"] < least:
        weighing = one_row(kept.aggregate(rows=kept.count()))["rows"]
    return kept.mutate(**{own: weight / unit}), facts["all"] - weighing, unit


def _unit(least: float, largest: float) -> float:
    """Return what to count weights in: 1, or a power of two where fixed-point sums would lose them.

    Weights that sum to 1 over a million rows would all be rounded away. Only shares of weights are
    ever used, so their unit is free: the largest weight has half of `HEAVIEST` or more of them.
    """
    if least >= LIGHTEST and 1 <= largest < HEAVIEST:
        return 1.0
    return 2.0 ** max(math.floor(math.log2(largest)) - 19, -1074)

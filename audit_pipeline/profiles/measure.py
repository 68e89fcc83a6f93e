"""Make the profile of a table: the only code that touches rows at scale."""

import math
from itertools import chain

import ibis

from audit_pipeline.audits.audit import Audit
from audit_pipeline.profiles.classes import Binary, binary_of, classes
from audit_pipeline.profiles.columns import (
    FIXED,
    UncountableError,
    count_codes,
    count_numbers,
    one_row,
)
from audit_pipeline.profiles.counts import RegressionErrors, Scores
from audit_pipeline.profiles.engine import IbisTable, as_number, narrowed, own_name
from audit_pipeline.profiles.outputs import (
    count_errors,
    count_scores,
    joint_counts,
    joint_counts_by_group,
)
from audit_pipeline.profiles.plan import ColumnPlan, counted_columns
from audit_pipeline.profiles.profile import Column, Profile

APART = "column_{name}"
"""The audit's columns are renamed so, lest one called `label` or `w` meets ours of that name."""


class ProfileError(Exception):
    """A table cannot be profiled at all; the text says why."""


def profile_table(table: IbisTable, audit: Audit, plan: ColumnPlan, engine: str) -> Profile:
    """Return the profile of `table`, counted as `plan` says.

    Raises:
        ProfileError: A weight is negative, NaN or missing: no share could be trusted.
    """
    weight = own_name("weight", table)
    weighted, zero = _weighed(table, audit, weight)
    columns, unreadable = _columns(weighted, audit, plan, weight)
    target, prediction = audit.columns.target, audit.columns.prediction
    apart = weighted.rename(APART)
    binary = _binary(weighted, audit)
    rows = apart.mutate(
        w=apart[_apart(weight)],
        label=classes(apart, _apart(target.column) if target else None, binary),
        predicted=classes(apart, _apart(prediction.label) if prediction else None, binary),
    )
    key = rows[_apart(audit.columns.id)]
    facts = one_row(
        rows.aggregate(
            rows=rows.count(),
            ids=key.nunique(),
            null_ids=key.isnull().sum(),
            labelled=rows.label.notnull().sum(),
            predicted=rows.predicted.notnull().sum(),
        )
    )
    null_ids = facts["null_ids"] or 0
    classification = audit.task != "regression"
    positive = binary.positive if binary else None
    return Profile(
        rows=facts["rows"],
        zero_weight=zero,
        duplicate_ids=facts["rows"] - null_ids - facts["ids"],
        null_ids=null_ids,
        labelled=facts["labelled"] or 0,
        predicted=facts["predicted"] or 0,
        engine=engine,
        positive=positive,
        columns=columns,
        outcomes=joint_counts(rows) if classification else None,
        groups={
            name: joint_counts_by_group(rows, rows[_apart(name)])
            for name in audit.columns.groups
            if classification and name in weighted.columns
        },
        scores=_scores(rows, audit, positive),
        errors=_errors(rows, audit),
        unreadable=unreadable,
    )


def _apart(name: str) -> str:
    return APART.format(name=name)


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


def _weighed(table: IbisTable, audit: Audit, own: str) -> tuple[IbisTable, int]:
    """Return the rows that weigh anything, each weight in the column `own`; and how many do not."""
    name = audit.columns.weight
    if name is None:
        return table.mutate(**{own: ibis.literal(1.0)}), 0
    if name not in table.columns:
        raise ProfileError(f"the weight column {name} is missing")
    if not table[name].type().is_numeric():
        raise ProfileError(f"the weight column {name} is {table[name].type()}, not a number")
    weight = as_number(table[name])
    bad = weight.isnull() | weight.isnan() | weight.isinf() | (weight < 0)
    facts = one_row(table.aggregate(bad=bad.sum(), zero=(weight == 0).sum(), largest=weight.max()))
    if facts["bad"]:
        raise ProfileError(
            f"{facts['bad']} rows have a weight in {name} that is negative, missing or no number"
        )
    unit = _unit(facts["largest"] or 1.0)
    return table.filter(weight > 0).mutate(**{own: weight / unit}), facts["zero"] or 0


def _unit(largest: float) -> float:
    """Return what to count weights in: 1, or a power of two where fixed-point sums would lose them.

    Weights that sum to 1 over a million rows would all be rounded away. Only shares of weights are
    ever used, so their unit is free.
    """
    return 1.0 if 1 <= largest < FIXED else 2.0 ** math.floor(math.log2(largest))


def _columns(
    table: IbisTable, audit: Audit, plan: ColumnPlan, weight: str
) -> tuple[dict[str, Column], dict[str, str]]:
    columns: dict[str, Column] = {}
    unreadable: dict[str, str] = {}
    names = list(counted_columns(audit))
    there = [name for name in names if name in table.columns]
    parts = chain(narrowed(table, there, [weight]), [(table, sorted(set(names) - set(there)))])
    for part, some in parts:
        for name in some:
            try:
                columns[name] = _column(part, name, plan, weight)
            except UncountableError as error:
                unreadable[name] = str(error)
    return {n: columns[n] for n in names if n in columns}, unreadable


def _column(table: IbisTable, name: str, plan: ColumnPlan, weight: str) -> Column:
    if name not in table.columns:
        raise UncountableError(f"the column {name} is missing from this window")
    if name not in plan.kinds:
        raise UncountableError(f"the column {name} is missing from the baseline")
    if plan.kinds[name] == "categorical":
        return count_codes(table, name, weight)
    if name not in plan.grids:
        raise UncountableError(f"{name} is declared numeric and held no numbers in the baseline")
    return count_numbers(table, name, plan.grids[name], weight)


def _scores(rows: IbisTable, audit: Audit, positive: str | None) -> Scores | None:
    prediction = audit.columns.prediction
    if positive is None or prediction is None or prediction.score is None:
        return None
    name = _apart(prediction.score)
    if name not in rows.columns or not rows[name].type().is_numeric():
        return None
    return count_scores(rows, rows[name], positive)


def _errors(rows: IbisTable, audit: Audit) -> RegressionErrors | None:
    target, prediction = audit.columns.target, audit.columns.prediction
    if audit.task != "regression" or target is None or prediction is None:
        return None
    names = (_apart(target.column), _apart(prediction.label))
    if any(n not in rows.columns or not rows[n].type().is_numeric() for n in names):
        return None
    return count_errors(rows, rows[names[0]], rows[names[1]])

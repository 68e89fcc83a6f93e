"""Which column is the id, the target, the prediction, the score, a group, a weight, a version."""

from collections.abc import Collection, Mapping

from audit_pipeline.profiles.engine import IbisTable
from audit_pipeline.stages.proposal.facts import ColumnFacts, Value
from audit_pipeline.stages.proposal.naming import (
    PREDICTIONS,
    SCORES,
    TARGETS,
    VERSIONS,
    WEIGHTS,
    first_named,
    is_group,
    words,
)
from audit_pipeline.stages.proposal.separation import auc, positive_of

Facts = Mapping[str, ColumnFacts]
POSITIVE = ("1", "true", "yes", "y", "t", "positive", "pos", "bad", "default", "fraud", "churn")
MOST_GROUPS = 50
MOST_CLASSES = 20
SEPARATES = 0.6
"""Area under the ROC curve from which a number between 0 and 1 can be a score."""


def id_of(facts: Facts) -> tuple[str, str] | None:
    """Return the column that is a key, and why; None if none is unique without gaps."""
    unique = [f for f in facts.values() if f.unique and f.family in {"integer", "text"}]
    named = [f for f in unique if set(words(f.name)) & {"id", "key", "uuid", "number", "no"}]
    named = [f for f in named if not ("sensor" in f.name and len(unique) > len(named))]
    exact = [f for f in named if f.name.lower() == "id"]
    for found in (exact, named, unique):
        if found:
            return found[0].name, "no value of it is missing and none comes twice"
    return None


def target_of(facts: Facts, taken: Collection[str]) -> tuple[str, str] | None:
    """Return the column of outcomes, and why; None if no name says so."""
    found = first_named([n for n in facts if n not in taken], TARGETS)
    return (found, "its name is one that outcomes go by") if found else None


def task_of(facts: ColumnFacts) -> str:
    """Return the task whose outcomes look like this column: binary, multiclass or regression."""
    if facts.distinct <= 2:  # noqa: PLR2004 (the two of binary)
        return "binary"
    few = facts.distinct <= MOST_CLASSES
    return "multiclass" if few and facts.family != "float" else "regression"


def positive_value(facts: ColumnFacts) -> tuple[Value | None, str, bool]:
    """Return which of two values counts as positive, why, and whether that is plain."""
    for known in POSITIVE:
        for value in facts.values:
            if _plain(value) == known:
                return whole(value), "it is the word for it", True
    if not facts.values:
        return None, "", False
    rarest = min(facts.values, key=lambda v: facts.values[v])
    return whole(rarest), "it is the rarer of the values", False


def whole(value: Value) -> Value:
    """Return a value as it is written: 1.0 as 1.

    >>> whole(1.0), whole(0.5), whole(True)
    (1, 0.5, True)
    """
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _plain(value: Value) -> str:
    return str(whole(value)).strip().lower()


def value_named(facts: ColumnFacts, said: str) -> Value | None:
    """Return the value of a column that is written `said`, None if it has none such."""
    found = (v for v in facts.values if _plain(v) == said.strip().lower())
    value = next(found, None)
    return None if value is None else whole(value)


def prediction_of(facts: Facts, target: str | None, taken: Collection[str]) -> str | None:
    """Return the column of predicted classes or numbers, None if no name and content say so."""
    free = [n for n in facts if n not in taken]
    if target is not None and task_of(facts[target]) == "regression":
        free = [n for n in free if facts[n].number]
    elif target is not None:
        classes = {_plain(v) for v in facts[target].values}
        free = [n for n in free if {_plain(v) for v in facts[n].values} & classes]
    found = first_named(free, PREDICTIONS)
    if found is None and target is not None:
        found = first_named(free, (f"predicted {target}", f"{target} predicted", f"pred {target}"))
    return found


def score_of(
    table: IbisTable, facts: Facts, target: tuple[str, Value] | None, taken: Collection[str]
) -> tuple[str, str] | None:
    """Return the column of probabilities, and why; None if there is none.

    By name, or because it alone, between 0 and 1, separates the outcomes.
    """
    free = [f for f in facts.values() if f.name not in taken and is_probability(f)]
    named = first_named([f.name for f in free], SCORES)
    if named is not None:
        return named, "its name says so and its values lie between 0 and 1"
    if target is None:
        return None
    likely = [f for f in free if f.family == "float" and set(words(f.name)) & set(SCORES)]
    for each in likely:
        area = auc(table, each.name, positive_of(table, *target), each)
        if area is not None and area >= SEPARATES:
            return each.name, f"between 0 and 1, and it separates the outcomes (AUC {area:.2f})"
    return None


def is_probability(facts: ColumnFacts) -> bool:
    """Return whether all values lie between 0 and 1."""
    low, high = facts.low, facts.high
    if not facts.number or not isinstance(low, int | float) or not isinstance(high, int | float):
        return False
    return 0 <= low <= high <= 1 and facts.distinct > 2  # noqa: PLR2004 (two are classes)


def groups_of(facts: Facts, taken: Collection[str]) -> list[str]:
    """Return the columns that are protected attributes by name and by few enough values."""
    few = [f.name for f in facts.values() if 1 < f.distinct <= MOST_GROUPS and f.name not in taken]
    named = [name for name in few if is_group(name)]
    return [n for n in named if not _codes_of_another(n, named)]


def _codes_of_another(name: str, named: Collection[str]) -> bool:
    """Return whether a column is the code of another: `SexCode` of `Sex`."""
    said = words(name)
    return "code" in said and any(set(words(n)) < set(said) for n in named if n != name)


def weight_of(facts: Facts, taken: Collection[str]) -> str | None:
    """Return the column of row weights, None if no name says so and no value is negative."""
    for each in facts.values():
        low = each.low
        sane = each.number and isinstance(low, int | float) and low >= 0
        if each.name not in taken and sane and each.name.lower() in WEIGHTS - {"w"}:
            return each.name
    return None


def version_of(facts: Facts, taken: Collection[str]) -> str | None:
    """Return the column of the model's version, None if no name says so."""
    free = (f.name for f in facts.values() if f.name not in taken and f.distinct <= MOST_GROUPS)
    return next((name for name in free if name.lower() in VERSIONS), None)

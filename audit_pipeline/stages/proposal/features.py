"""Which columns are the model's inputs, of which kind, and which are left out and why."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from audit_pipeline.audits.columns import Kind
from audit_pipeline.profiles.engine import IbisTable, narrowed
from audit_pipeline.profiles.planner import FEW
from audit_pipeline.stages.proposal.facts import ColumnFacts, Value
from audit_pipeline.stages.proposal.naming import CODED, COUNTED, is_output, words
from audit_pipeline.stages.proposal.personal import personal
from audit_pipeline.stages.proposal.separation import (
    SUSPICIOUS,
    TOO_LIKE,
    auc,
    correlation,
    positive_of,
)

MOST_CATEGORIES = 1000
PERSONAL = "looks personal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The proposed features, each with its kind; what is left out, and what looks suspicious."""

    kinds: Mapping[str, Kind]
    left_out: Mapping[str, str] = field(default_factory=dict[str, str])
    leaks: Mapping[str, str] = field(default_factory=dict[str, str])


def kind_of(facts: ColumnFacts) -> Kind:
    """Return how a column is counted: as numbers, or as codes.

    It is what the audit does where nothing is declared, but for integers whose name says better.
    """
    said = set(words(facts.name))
    if facts.family == "integer" and facts.distinct > 2:  # noqa: PLR2004 (a yes or no is a code)
        if said & COUNTED:
            return "numeric"
        if said & CODED and facts.distinct <= MOST_CATEGORIES:
            return "categorical"
    return default_kind(facts)


def default_kind(facts: ColumnFacts) -> Kind:
    """Return how the audit counts a column of which nothing is declared."""
    if facts.family == "integer":
        return "categorical" if facts.distinct < FEW else "numeric"
    return "numeric" if facts.family == "float" else "categorical"


def why_not(facts: ColumnFacts) -> str | None:
    """Return why a column is no feature, None if it can be one."""
    looks = personal(facts)
    reasons = {
        "it has no value in any row": facts.missing == facts.rows,
        f"{PERSONAL}: {looks}": looks is not None,
        "it has the same value in every row": facts.distinct <= 1 and not facts.missing,
        "another time": facts.family == "time",
        f"values of type {facts.type} cannot be counted": facts.family == "other",
        f"{facts.distinct:,} different texts: too many to be categories": (
            facts.family == "text" and facts.distinct > MOST_CATEGORIES
        ),
        "a key: no value comes twice": facts.unique and facts.family in {"text", "integer"},
        "looks like what a model said": is_output(facts.name),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def propose_features(facts: Mapping[str, ColumnFacts], taken: Collection[str]) -> Inputs:
    """Return which of the columns that have no other role are features."""
    kinds: dict[str, Kind] = {}
    left_out: dict[str, str] = {}
    for each in facts.values():
        if each.name in taken:
            continue
        reason = why_not(each)
        if reason is None:
            kinds[each.name] = kind_of(each)
        else:
            left_out[each.name] = reason
    return Inputs(kinds=kinds, left_out=left_out)


def leaks(
    table: IbisTable,
    facts: Mapping[str, ColumnFacts],
    names: Collection[str],
    target: tuple[str, str, Value | None],
    least: float = SUSPICIOUS,
) -> dict[str, str]:
    """Return the features that alone tell the outcome too well, each with how well.

    Args:
        table: Rows with outcomes.
        facts: What is known of the columns.
        names: The features.
        target: The target's column, the task, and its positive value where the task is binary.
        least: The area under the ROC curve from which a feature is suspicious.
    """
    column, task, positive = target
    if column not in table.columns:
        return {}
    found = {}
    known = [name for name in names if name in table.columns and name != column]
    for part, some in narrowed(table, known, [column]):
        for name in some:
            if task == "binary" and positive is not None:
                area = auc(part, name, positive_of(part, column, positive), facts[name])
                if area is not None and area > least:
                    found[name] = f"it alone tells the outcome (AUC {area:.3f})"
            elif task == "regression" and facts[name].number and facts[column].number:
                size = correlation(part, name, column)
                if size is not None and size > TOO_LIKE:
                    found[name] = f"it is the target in another unit (correlation {size:.4f})"
    return found

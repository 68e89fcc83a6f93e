"""The features of a proposal: those the model names, else the columns that can be some."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from audit_pipeline.stages.proposal.facts import ColumnFacts
from audit_pipeline.stages.proposal.features import (
    Inputs,
    kind_of,
    leaks,
    propose_features,
    why_not,
)
from audit_pipeline.stages.proposal.looking import Look
from audit_pipeline.stages.proposal.naming import known_after
from audit_pipeline.stages.proposal.outcomes import Outcomes
from audit_pipeline.stages.proposal.questions import ProposalError

ALSO_NAMED = 0.9
"""Area under the ROC curve from which a column whose name is suspicious too is left out."""


def find_inputs(side: Look, outcomes: Outcomes, taken: set[str], model: Sequence[str]) -> Inputs:
    """Return the features, what is left out and why, and which features look like leakage.

    Raises:
        ProposalError: The model reads a feature that the data does not have.
    """
    found = _of_model(side, model) if model else _proposed(side, outcomes, taken)
    if outcomes.target is None:
        return found
    target = (outcomes.target, outcomes.task, outcomes.positive)
    suspects = {name: after for name in found.kinds if (after := known_after(name, target[0]))}
    if not model:
        found = _without_sure_leaks(
            found, suspects, leaks(side.table, side.facts, suspects, target, ALSO_NAMED)
        )
    told = leaks(side.table, side.facts, list(found.kinds), target)
    return replace(found, leaks={n: w for n, w in suspects.items() if n in found.kinds} | told)


def _without_sure_leaks(
    found: Inputs, suspects: Mapping[str, str], told: Mapping[str, str]
) -> Inputs:
    """Leave out what both its name and its values call known only after the outcome."""
    kinds = {name: kind for name, kind in found.kinds.items() if name not in told}
    why = {n: f"looks known only after the outcome: {suspects[n]}, and {told[n]}" for n in told}
    return replace(found, kinds=kinds, left_out={**found.left_out, **why})


def _of_model(side: Look, model: Sequence[str]) -> Inputs:
    absent = [name for name in model if name not in side.facts]
    if absent:
        raise ProposalError(
            f"the model reads {', '.join(absent)}, which the data does not have: give data with"
            " all of the model's features, under the names it was trained with"
        )
    texts = [name for name in model if side.facts[name].family == "text"]
    if texts:
        raise ProposalError(
            f"the model reads numbers, and {', '.join(texts)} hold text: give the data as it is"
            " encoded for the model"
        )
    return Inputs(kinds={name: kind_of(side.facts[name]) for name in model}, left_out={})


def _proposed(side: Look, outcomes: Outcomes, taken: set[str]) -> Inputs:
    found = propose_features(side.facts, taken)
    if found.kinds:
        return found
    # rows of nothing but outcomes and groups: the groups are all there is to watch
    groups: list[ColumnFacts] = [side.facts[n] for n in outcomes.groups if n in side.facts]
    usable = [each for each in groups if why_not(each) is None]
    return replace(found, kinds={each.name: kind_of(each) for each in usable})

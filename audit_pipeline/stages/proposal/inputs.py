"""The features of a proposal: those the model names, else the columns that can be some."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from audit_pipeline.stages.proposal.afterwards import filled_in_afterwards
from audit_pipeline.stages.proposal.facts import ColumnFacts, Value
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

AFTERWARDS = "looks known only after the outcome"
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
        found = _without(found, _sure(side, target, found.kinds, suspects))
    told = leaks(side.table, side.facts, list(found.kinds), target)
    return replace(
        found,
        leaks={**found.leaks, **{n: w for n, w in suspects.items() if n in found.kinds}, **told},
    )


def _sure(
    side: Look,
    target: tuple[str, str, Value | None],
    names: Collection[str],
    suspects: Collection[str],
) -> dict[str, str]:
    """Return what can only be known after the outcome, by values that tell it, each with why."""
    column, _, positive = target
    told = leaks(side.table, side.facts, suspects, target, ALSO_NAMED)
    sure = dict.fromkeys(told, "its name says so, and its values tell the outcome")
    if positive is None:
        return sure
    return sure | filled_in_afterwards(side.table, side.facts, names, (column, positive))


def _without(found: Inputs, sure: Mapping[str, str]) -> Inputs:
    """Leave out what can only be known after the outcome, unless nothing else is there."""
    kinds = {name: kind for name, kind in found.kinds.items() if name not in sure}
    if not kinds:
        return replace(found, leaks=sure)
    why = {name: f"{AFTERWARDS}: {reason}" for name, reason in sure.items()}
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

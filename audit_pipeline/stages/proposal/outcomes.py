"""What the model said and what came of it: target, prediction, score, groups."""

from dataclasses import dataclass

import ibis

from audit_pipeline.profiles.engine import IbisTable, as_code
from audit_pipeline.stages.proposal.facts import ColumnFacts, Value
from audit_pipeline.stages.proposal.keys import named
from audit_pipeline.stages.proposal.looking import Look
from audit_pipeline.stages.proposal.predictions import find_positives, find_prediction, find_score
from audit_pipeline.stages.proposal.questions import Answers, ProposalError, Question
from audit_pipeline.stages.proposal.roles import (
    groups_of,
    positive_value,
    target_of,
    task_of,
    value_named,
    whole,
)
from audit_pipeline.stages.proposal.wishes import Wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """The roles of what was said and what came of it.

    `positives` are the values of the prediction that mean the positive class, where they are not
    the target's own: a column of the target's classes is then made of them.
    """

    task: str
    target: str | None = None
    positive: Value | None = None
    negative: Value | None = None
    prediction: str | None = None
    positives: tuple[Value, ...] = ()
    score: str | None = None
    groups: tuple[str, ...] = ()

    @property
    def label(self) -> str | None:
        """The column of predicted classes, or the one that is made of it."""
        return f"{self.prediction}_class" if self.positives else self.prediction

    def give(self, table: IbisTable) -> IbisTable:
        """Return the table with the predicted class added, where it has to be made."""
        if not self.positives or self.prediction not in table.columns or self.label is None:
            return table
        code = as_code(table[self.prediction])
        positive = code.isin([_code(value) for value in self.positives])
        made = ibis.cases((code.isnull(), ibis.null(_kind(self.positive))), else_=None)
        made = ibis.ifelse(code.isnull(), made, ibis.ifelse(positive, self.positive, self.negative))
        return table.mutate(**{self.label: made})


def _code(value: Value) -> str:
    """Return a value as `as_code` writes it: `true`, not `True`."""
    return str(value).lower() if isinstance(value, bool) else str(whole(value))


def _kind(value: Value | None) -> str:
    return {bool: "boolean", int: "int64", float: "float64"}.get(type(value), "string")


def find_outcomes(look: Look, keys: set[str], wishes: Wishes, answers: Answers) -> Outcomes:
    """Return the roles of the columns of a table that has outcomes beside its rows.

    Raises:
        ProposalError: A column or a value was named that does not exist.
    """
    target = _target(look, keys, wishes, answers)
    if target is None:
        return _without_target(look, keys, wishes, answers)
    facts = look.facts[target]
    task = task_of(facts)
    positive, negative = _classes(facts, wishes, answers) if task == "binary" else (None, None)
    taken = keys | {target}
    prediction = find_prediction(look, target, taken, wishes, answers)
    said = taken | {prediction or ""}
    score: str | None = None
    positives: tuple[Value, ...] = ()
    if positive is not None:
        score = find_score(look, (target, positive), said, wishes)
        if prediction is not None:
            positives = find_positives(look, (prediction, target), positive, wishes, answers)
    return Outcomes(
        task=task,
        target=target,
        positive=positive,
        negative=negative,
        prediction=prediction,
        positives=positives,
        score=score,
        groups=_groups(look, said | {score or ""}, wishes, answers),
    )


def _without_target(look: Look, keys: set[str], wishes: Wishes, answers: Answers) -> Outcomes:
    prediction = find_prediction(look, None, keys, wishes, answers)
    task = task_of(look.facts[prediction]) if prediction else "regression"
    score = find_score(look, None, keys | {prediction or ""}, wishes)
    if score is not None:
        task = "binary"
    groups = _groups(look, keys | {prediction or "", score or ""}, wishes, answers)
    return Outcomes(task=task, prediction=prediction, score=score, groups=groups)


def _target(look: Look, keys: set[str], wishes: Wishes, answers: Answers) -> str | None:
    if wishes.target is not None:
        return named(look, wishes.target, "--target")
    guess = target_of(look.facts, keys)
    return answers(
        Question(
            flag="--target",
            asks="which column says what really came out (what the model predicts)?",
            guess=guess[0] if guess else None,
            why=guess[1] if guess else "without it performance is not measured",
            choices=tuple(name for name in look.facts if name not in keys),
        )
    )


def _classes(
    facts: ColumnFacts, wishes: Wishes, answers: Answers
) -> tuple[Value | None, Value | None]:
    guess, why, plain = positive_value(facts)
    values = tuple(str(whole(value)) for value in facts.values)
    said = wishes.positive
    if said is None and not plain and guess is not None:
        said = answers(
            Question(
                flag="--positive",
                asks=f"which value of {facts.name!r} is the positive outcome?",
                guess=str(guess),
                why=why,
                choices=values,
                needed=True,
            )
        )
    positive = guess if said is None else value_named(facts, said)
    if positive is None:
        raise ProposalError(
            f"--positive {said}: {facts.name!r} has no such value; it has: {', '.join(values)}"
        )
    rest = [whole(value) for value in facts.values if whole(value) != positive]
    return positive, rest[0] if rest else None


def _groups(look: Look, taken: set[str], wishes: Wishes, answers: Answers) -> tuple[str, ...]:
    if wishes.groups:
        return tuple(named(look, name, "--group") for name in wishes.groups)
    guess = groups_of(look.facts, taken)
    said = answers(
        Question(
            flag="--group",
            asks="whose fairness is measured: which columns are protected attributes?",
            guess=",".join(guess) or None,
            why="by their names" if guess else "no name is that of one",
            choices=tuple(name for name in look.facts if name not in taken),
            many=True,
        )
    )
    return tuple(part.strip() for part in (said or "").split(",") if part.strip())

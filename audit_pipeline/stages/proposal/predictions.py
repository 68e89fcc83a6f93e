"""What the model said: the column of its classes or numbers, its score, and what means positive."""

from collections.abc import Mapping

from audit_pipeline.profiles.engine import as_code, one_row
from audit_pipeline.stages.proposal.facts import Value
from audit_pipeline.stages.proposal.keys import named
from audit_pipeline.stages.proposal.looking import Look
from audit_pipeline.stages.proposal.questions import Answers, ProposalError, Question
from audit_pipeline.stages.proposal.roles import (
    is_probability,
    prediction_of,
    score_of,
    value_named,
    whole,
)
from audit_pipeline.stages.proposal.separation import positive_of
from audit_pipeline.stages.proposal.wishes import Wishes


def find_prediction(
    look: Look, target: str | None, taken: set[str], wishes: Wishes, answers: Answers
) -> str | None:
    """Return the column of predicted classes or numbers, None if nothing is logged.

    Raises:
        ProposalError: A column was named that does not exist.
    """
    if wishes.prediction is not None:
        return named(look, wishes.prediction, "--prediction")
    if wishes.model is not None:
        return None
    guess = prediction_of(look.facts, target, taken)
    if guess is None and wishes.score is not None:
        return None
    return answers(
        Question(
            flag="--prediction",
            asks="which column has what the model said (a class, or a number)?",
            guess=guess,
            why="by its name and values" if guess else "without it, only the data is audited",
            choices=tuple(name for name in look.facts if name not in taken),
        )
    )


def find_score(
    look: Look, target: tuple[str, Value] | None, taken: set[str], wishes: Wishes
) -> str | None:
    """Return the column of probabilities, None if there is none.

    Raises:
        ProposalError: A column was named that does not exist, or holds no probabilities.
    """
    if wishes.score is None:
        found = None if wishes.model else score_of(look.table, look.facts, target, taken)
        return found[0] if found else None
    name = named(look, wishes.score, "--score")
    facts = look.facts[name]
    if not is_probability(facts):
        raise ProposalError(
            f"--score {name}: a score is a probability between 0 and 1, and this column is"
            f" {facts.type} with values that are not; give the predicted class as --prediction"
        )
    return name


def find_positives(
    look: Look,
    columns: tuple[str, str],
    positive: Value,
    wishes: Wishes,
    answers: Answers,
) -> tuple[Value, ...]:
    """Return which values of a prediction mean positive; none where they are the target's own.

    Args:
        look: The rows.
        columns: The prediction and the target.
        positive: The positive value of the target.
        wishes: What was given.
        answers: Who is asked.

    Raises:
        ProposalError: A value was named that the column does not have.
    """
    prediction, target = columns
    facts = look.facts[prediction]
    if not wishes.predicted_positive and _alike(facts.values, look.facts[target].values):
        return ()
    said = list(wishes.predicted_positive)
    if not said:
        guess = _likelier(look, prediction, target, positive)
        answer = answers(
            Question(
                flag="--predicted-positive",
                asks=f"which values of {prediction!r} mean {positive!r}?",
                guess=",".join(guess) or None,
                why="the outcome is positive more often there than in all rows; a copy of the data"
                " is written, with the class in a column of its own",
                choices=tuple(str(whole(value)) for value in facts.values),
                many=True,
                needed=True,
            )
        )
        said = [part.strip() for part in (answer or "").split(",") if part.strip()]
    known = {text: value_named(facts, text) for text in said}
    unknown = [text for text, value in known.items() if value is None]
    if unknown:
        values = ", ".join(str(whole(value)) for value in facts.values) or "too many to list"
        raise ProposalError(
            f"--predicted-positive {unknown[0]}: {prediction!r} has no such value; it has: {values}"
        )
    return tuple(value for value in known.values() if value is not None)


def _alike(first: Mapping[Value, int], second: Mapping[Value, int]) -> bool:
    texts = [{str(whole(v)).lower() for v in values} for values in (first, second)]
    return bool(texts[0]) and texts[0] <= texts[1]


def _likelier(look: Look, prediction: str, target: str, positive: Value) -> list[str]:
    """Return the values of the prediction where the outcome is positive more often than overall."""
    if not look.facts[prediction].values:
        return []
    came = positive_of(look.table, target, positive).cast("float64")
    rows = look.table.select(v=as_code(look.table[prediction]), p=came)
    rate = one_row(rows.aggregate(r=rows.p.mean()))["r"] or 0.0
    each = rows.group_by("v").aggregate(r=lambda t: t.p.mean()).order_by("v")
    found = each.to_pyarrow().to_pylist()
    return [row["v"] for row in found if row["v"] is not None and (row["r"] or 0.0) > rate]

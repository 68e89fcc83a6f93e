"""Asks many questions at once, and makes sure that one that cannot be asked spoils no other.

Import this module late: it brings Great Expectations.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from io import StringIO

from audit_pipeline.rules.gx import (
    Batch,
    ExpectationSuite,
    ExpectationValidationResult,
    quiet,
)
from audit_pipeline.rules.question import Answer, Question, Scope
from audit_pipeline.rules.rows import Rows

EXAMPLES = 20
"""Broken rows of which the kind of value is shown."""
_ALONE = "expect_column_quantile_values_to_be_between"
"""Great Expectations caches a column's quantiles whichever were asked for: two rules about one
column would get the quantiles of the first."""
_VERDICT_ONLY: dict[str, object] = {"result_format": "BOOLEAN_ONLY"}
_NUMBER_ONLY: dict[str, object] = {"result_format": "BASIC", "partial_unexpected_count": 0}
_COUNTS: dict[str, object] = {"result_format": "BASIC", "partial_unexpected_count": EXAMPLES}


def ask(rows: Rows, asked: Iterable[Question], scopes: Mapping[int, Scope]) -> dict[int, Answer]:
    """Return the answer to each question, by its number.

    First all together, which the engine answers in a handful of queries. Then once more those
    about rows whose share of broken rows is not yet known to be none, now with counts.
    """
    groups: defaultdict[tuple[str, bool, int | None], list[Question]] = defaultdict(list)
    for one in asked:
        alone = one.number if one.rule.expect == _ALONE else None
        groups[rows.view(one, scopes[one.number]), one.by_row, alone].append(one)
    answers: dict[int, Answer] = {}
    for (view, by_row, _), group in groups.items():
        batch = rows.batch(view)
        first = _settle(batch, group, _VERDICT_ONLY if by_row else _NUMBER_ONLY)
        again = [one for one in group if by_row and _uncounted(one, first[one.number])]
        answers |= first | _settle(batch, again, _COUNTS)
    return answers


def _uncounted(asked: Question, answer: Answer) -> bool:
    return answer.error is None and not (answer.holds and asked.mostly == 1)


def _settle(
    batch: Batch, asked: Sequence[Question], wanted: dict[str, object]
) -> dict[int, Answer]:
    """Ask all; then ask those that raised again in halves, until each is alone with its error.

    They share one query, so that one wrong type fails them all.
    """
    if not asked:
        return {}
    answers = _validate(batch, asked, wanted)
    raised = [one for one in asked if answers[one.number].error is not None]
    if len(asked) == 1 or not raised:
        return answers
    middle = (len(raised) + 1) // 2
    return (
        answers | _settle(batch, raised[:middle], wanted) | _settle(batch, raised[middle:], wanted)
    )


def _validate(
    batch: Batch, asked: Sequence[Question], wanted: dict[str, object]
) -> dict[int, Answer]:
    suite = ExpectationSuite(name="rules", expectations=[one.expectation for one in asked])
    batch.data.execution_engine.forget()
    try:
        with redirect_stdout(StringIO()), quiet():  # it prints advice about SQL
            results = batch.validate(suite, result_format=wanted).results
    except Exception as error:  # noqa: BLE001 (a gap with its reason, never a number)
        return {one.number: Answer(error=f"{type(error).__name__}: {error}") for one in asked}
    found = {_number(result): _answer(result) for result in results}
    none = Answer(error="it gave no result")
    return {one.number: found.get(one.number, none) for one in asked}


def _number(result: ExpectationValidationResult) -> int | None:
    config = result.expectation_config
    return config.meta["number"] if config is not None and config.meta else None


def _answer(result: ExpectationValidationResult) -> Answer:
    raised = _raised(result.exception_info)
    if raised:
        return Answer(error=raised)
    return Answer(holds=bool(result.success), result=result.result or {})


def _raised(info: Mapping[str, object]) -> str:
    """Return the messages of what was raised: of the rule itself, or of each metric it needs."""
    parts = [info] if "raised_exception" in info else list(info.values())
    return " | ".join(
        str(part.get("exception_message")) or "an exception without words"
        for part in parts
        if isinstance(part, Mapping) and part.get("raised_exception")
    )

"""Asks every rule of a snapshot: the door to Great Expectations."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.prerequisite import results_of
from audit_pipeline.domain.rule import Rule
from audit_pipeline.engines.base import DroppedError, EngineError
from audit_pipeline.rules.reasons import reason_of
from audit_pipeline.rules.target import Target, target_of
from audit_pipeline.rules.verdicts import nothing_to_judge, outcome, refused

if TYPE_CHECKING:
    from audit_pipeline.rules.question import Question, Scope

PAUSE_SECONDS = 0.5


def run_rules(rows: Target | Path, rules: Sequence[Rule]) -> list[Outcome]:
    """Return what became of each rule, in the order given: exactly one outcome for each.

    Every row is judged, on the engine that holds the rows: DuckDB reads a file where it lies,
    PostgreSQL and Spark count for themselves, and hand out counts and a few examples to be masked.
    The number of an outcome is the share of judged rows that break the rule, between 0 and 1; for
    a rule about one number, such as a mean, that number; for any other 1 where it is broken and 0
    where it is kept.

    Great Expectations passes what is null, empty or not a number. Here an empty snapshot and an
    all-null column are gaps, a NaN breaks every rule about its column's values, and nulls that
    were not judged are counted as left out. Where PostgreSQL or Spark cannot be used, or the
    connection to it is dropped twice, every rule is a gap.

    Limitation: SQL of the user's own (`unexpected_rows_expectation`) is run as it is, so it is
    written in the engine's own dialect; whether it catches nulls and NaN is the author's care.

    Args:
        rows: Where the rows are; a path is one of a Parquet file.
        rules: The rules of the audit.

    Raises:
        FileNotFoundError: There is no such file.
        sqlalchemy.exc.DBAPIError: It is not Parquet.
    """
    target = target_of(rows)
    try:
        return _asked(target, rules)
    except DroppedError:
        time.sleep(PAUSE_SECONDS)
    except EngineError as error:
        return _unasked(rules, str(error))
    try:
        return _asked(target, rules)
    except DroppedError as error:
        again = f"{error}, and again at the second try: see the engine's own log"
        return _unasked(rules, again)
    except EngineError as error:
        return _unasked(rules, str(error))


def _unasked(rules: Sequence[Rule], why: str) -> list[Outcome]:
    """Return a gap for every rule, all of one cause."""
    gaps = [refused(rule, why) for rule in rules]
    return [replace(each, lacks=results_of(each.check.asset)) for each in gaps]


def _asked(target: Target, rules: Sequence[Rule]) -> list[Outcome]:
    from audit_pipeline.rules import asking, expectations  # noqa: PLC0415 (import takes seconds)
    from audit_pipeline.rules.rows import open_rows  # noqa: PLC0415

    ended: dict[int, Outcome] = {}
    asked: dict[int, Question] = {}
    scopes: dict[int, Scope] = {}
    with open_rows(target) as opened:
        for number, rule in enumerate(rules):
            try:
                asked[number] = expectations.question(rule, number, opened)
            except expectations.RuleError as error:
                ended[number] = refused(rule, str(error))
        for number, scope in opened.scopes(list(asked.values())).items():
            if isinstance(scope, str):
                ended[number] = refused(rules[number], reason_of(scope))
            elif reason := nothing_to_judge(asked[number], scope):
                ended[number] = refused(rules[number], reason)
            else:
                scopes[number] = scope
        answers = asking.ask(opened, [asked[number] for number in scopes], scopes)
        opened.need_unbroken()
    for number, answer in answers.items():
        ended[number] = outcome(asked[number], scopes[number], answer, opened.engine)
    return [ended[number] for number in range(len(rules))]

"""Asks every rule of a snapshot: the door to Great Expectations."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.rule import Rule
from audit_pipeline.rules.reasons import reason_of
from audit_pipeline.rules.verdicts import nothing_to_judge, outcome, refused

if TYPE_CHECKING:
    from audit_pipeline.rules.question import Question, Scope


def run_rules(snapshot: Path, rules: Sequence[Rule]) -> list[Outcome]:
    """Return what became of each rule, in the order given: exactly one outcome for each.

    Every row of the snapshot is judged, in DuckDB, which reads the file where it lies; nothing is
    copied and no connection is opened. The number of an outcome is the share of judged rows that
    break the rule, between 0 and 1; for a rule about one number, such as a mean, that number; for
    any other 1 where it is broken and 0 where it is kept.

    Great Expectations passes what is null, empty or not a number. Here an empty snapshot and an
    all-null column are gaps, a NaN breaks every rule about its column's values, and nulls that
    were not judged are counted as left out.

    Limitation: SQL of the user's own (`unexpected_rows_expectation`) is run as it is; whether it
    catches nulls and NaN is the author's care.

    Args:
        snapshot: A Parquet file.
        rules: The rules of the audit.

    Raises:
        FileNotFoundError: There is no such file.
        sqlalchemy.exc.DBAPIError: It is not Parquet.
    """
    from audit_pipeline.rules import asking, expectations  # noqa: PLC0415 (import takes seconds)
    from audit_pipeline.rules.snapshot import open_snapshot  # noqa: PLC0415

    ended: dict[int, Outcome] = {}
    asked: dict[int, Question] = {}
    scopes: dict[int, Scope] = {}
    with open_snapshot(snapshot) as opened:
        for number, rule in enumerate(rules):
            try:
                asked[number] = expectations.question(rule, number, opened.columns)
            except expectations.RuleError as error:
                ended[number] = refused(rule, str(error))
        for number, scope in opened.scopes(asked.values()).items():
            if isinstance(scope, str):
                ended[number] = refused(rules[number], reason_of(scope))
            elif reason := nothing_to_judge(asked[number], scope):
                ended[number] = refused(rules[number], reason)
            else:
                scopes[number] = scope
        answers = asking.ask(opened, [asked[number] for number in scopes], scopes)
        engine = f"duckdb {opened.version}"
    for number, answer in answers.items():
        ended[number] = outcome(asked[number], scopes[number], answer, engine)
    return [ended[number] for number in range(len(rules))]

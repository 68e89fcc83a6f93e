"""Checks the names and arguments of rules without any data."""

from collections.abc import Sequence

from audit_pipeline.domain.rule import Rule


def check_rules(rules: Sequence[Rule]) -> list[str]:
    """Return what is wrong with each rule's expectation or arguments, one sentence each.

    An empty list means that every rule can be asked of a snapshot that has its columns. Whether a
    name exists and which arguments it takes is Great Expectations' own word, so the first call
    takes the seconds of its import.
    """
    from audit_pipeline.rules.expectations import (  # noqa: PLC0415 (its import takes seconds)
        RuleError,
        question,
    )

    problems = []
    for rule in rules:
        try:
            question(rule)
        except RuleError as error:
            problems.append(f"rule {rule.name}: {error}")
    return problems

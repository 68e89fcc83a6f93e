"""The rules in a child process: Great Expectations takes seconds to import, while we go on.

Not those on Spark: its session lives in this process, and a second application on the same cluster
might wait for ever for executors that the first one holds.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.rule import Rule
from audit_pipeline.models.shared_child import Role, shared_child
from audit_pipeline.rules.run import run_rules
from audit_pipeline.rules.target import ParquetRows, PostgresRows, SparkRows, Target, target_of

RUN = "audit_pipeline.rules.child:answer"
CHECK = "audit_pipeline.rules.child:answer_check"
RULES = Role(("audit_pipeline.rules.gx", "audit_pipeline.rules.asking"), frozenset({RUN, CHECK}))
_OUTCOMES = TypeAdapter(list[Outcome])
_RULES = TypeAdapter(list[Rule])
_TARGET: TypeAdapter[ParquetRows | PostgresRows] = TypeAdapter(
    Annotated[ParquetRows | PostgresRows, Field(discriminator="kind")]
)


def run_rules_apart(
    rows: Target | Path, rules: Sequence[Rule], timeout: float = 3600
) -> list[Outcome]:
    """Return what `run_rules` returns, run in this process's child for rules.

    What the child needs to reach PostgreSQL goes through its pipe, a password included. Rows of
    Spark are asked in this process.

    Raises:
        ChildDied: The rules' engine crashed, or took too long.
        ChildFailed: The rules' engine raised.
    """
    target = target_of(rows)
    if isinstance(target, SparkRows):
        return run_rules(target, rules)
    request = {
        "target": _TARGET.dump_python(target, mode="json"),
        "rules": _RULES.dump_python(list(rules), mode="json"),
    }
    reply = shared_child(RULES).call(RUN, request, timeout)
    return _OUTCOMES.validate_python(reply["outcomes"])


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """Do in the child what `run_rules_apart` was asked for."""
    target = _TARGET.validate_python(request["target"])
    outcomes = run_rules(target, _RULES.validate_python(request["rules"]))
    return {"outcomes": _OUTCOMES.dump_python(outcomes, mode="json")}


def check_rules_apart(rules: Sequence[Rule], timeout: float = 600) -> list[str]:
    """Return what `check_rules` returns, run in this process's child for rules."""
    request = {"rules": _RULES.dump_python(list(rules), mode="json")}
    problems: list[str] = shared_child(RULES).call(CHECK, request, timeout)["problems"]
    return problems


def answer_check(request: Mapping[str, Any]) -> dict[str, Any]:
    """Do in the child what `check_rules_apart` was asked for."""
    from audit_pipeline.rules.names import check_rules  # noqa: PLC0415 (only the child needs it)

    return {"problems": check_rules(_RULES.validate_python(request["rules"]))}

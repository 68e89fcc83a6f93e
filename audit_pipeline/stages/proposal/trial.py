"""Try proposed rules on the baseline itself: one that fails there is not proposed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from audit_pipeline.audits.limits import RuleSettings
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.profiles.engine import IbisTable
from audit_pipeline.rules.child import run_rules_apart
from audit_pipeline.stages.proposal.rules import ROW_COUNT


def kept_rules(
    rules: Sequence[dict[str, Any]], baseline: IbisTable, folder: Path
) -> list[dict[str, Any]]:
    """Return the rules that the baseline keeps, as the audit itself would judge them.

    The rule on the rows of a window is not tried: a baseline is of any length.
    """
    tried = [rule for rule in rules if rule["expect"] != ROW_COUNT]
    if not tried:
        return list(rules)
    path = folder / "trial.parquet"
    baseline.to_parquet(str(path))
    named = [RuleSettings.model_validate(rule).rule for rule in tried]
    outcomes = run_rules_apart(path, named)
    broken = [r for r, o in zip(tried, outcomes, strict=True) if o.verdict is not Verdict.PASS]
    return [rule for rule in rules if rule not in broken]

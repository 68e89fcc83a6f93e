"""Limits where a metric's default does not fit what the baseline shows."""

from collections.abc import Collection, Mapping
from typing import Any

from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.stages.proposal.facts import ColumnFacts

ROOM, WORSE = 0.1, 0.3
"""How far beyond the baseline's own missing share a window warns, and fails."""
NONE, SOME = 0.01, 0.05
"""Missing shares that warn and fail where the baseline has none."""


def propose_limits(
    facts: Mapping[str, ColumnFacts], columns: Collection[str], target: str | None
) -> dict[str, Any]:
    """Return the limits to be changed, by metric, each with its reason; often none.

    Args:
        facts: What is known of the baseline's columns.
        columns: The features and groups.
        target: The column of outcomes, if there is one.
    """
    limits: dict[str, Any] = {}
    shares = {name: facts[name].missing_share for name in columns if name in facts}
    missing = _missing_shares(shares, target)
    if missing:
        limits["missing_share"] = missing
    least = METRICS["label_coverage"].limit.warn
    told = facts.get(target or "")
    labelled = 1 - told.missing_share if told else None
    if labelled is not None and least is not None and labelled < least:
        limits["label_coverage"] = {
            "warn": max(0.0, round(labelled - ROOM, 2)),
            "reason": f"{labelled:.0%} of the baseline's rows have an outcome.",
        }
    return limits


def _missing_shares(shares: Mapping[str, float], target: str | None) -> dict[str, Any]:
    often = {name: _missing(share) for name, share in shares.items() if share > NONE / 2}
    limit: dict[str, Any] = {}
    if shares and not min(shares.values()):
        limit = {"warn": NONE, "fail": SOME, "reason": "Nothing is missing in the baseline."}
    usual = METRICS["missing_share"].limit
    if limit and target is not None and target not in often:
        why = "The default: labels may come late."
        often[target] = {"warn": usual.warn, "fail": usual.fail, "reason": why}
    return limit | ({"subjects": often} if often else {})


def _missing(share: float) -> dict[str, Any]:
    warn, fail = min(1.0, share + ROOM), min(1.0, share + WORSE)
    return {
        "warn": round(warn, 2),
        "fail": round(fail, 2),
        "reason": f"{share:.0%} are missing in the baseline.",
    }

"""What a check can end as, and how many ends make one."""

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """How one planned check ended. There is no sixth way: nothing passes silently."""

    PASS = "pass"  # noqa: S105 (a verdict, not a password)
    WARN = "warn"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    """Measured, but too little data to tell a pass from a failure."""
    GAP = "gap"
    """Planned and not obtained: crashed, skipped, column missing, unlabelled, no rows."""


WORST_FIRST = (Verdict.FAIL, Verdict.GAP, Verdict.WARN, Verdict.INCONCLUSIVE, Verdict.PASS)
"""The order of concern."""


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst of `verdicts`; of none at all, a gap.

    >>> worst([Verdict.PASS, Verdict.WARN])
    <Verdict.WARN: 'warn'>
    >>> worst([])
    <Verdict.GAP: 'gap'>
    """
    seen = set(verdicts)
    return next((verdict for verdict in WORST_FIRST if verdict in seen), Verdict.GAP)


def overall(verdicts: Iterable[tuple[str, Verdict]]) -> Verdict:
    """Return the verdict of a whole audit, of each check's asset and verdict.

    It is fail, else gap, else warn, else pass. An inconclusive check on a tiny group is listed in
    the report but is never the headline, unless it is all its asset has: an audit that could tell
    nothing of, say, fairness has not passed.

    >>> overall([("fairness", Verdict.PASS), ("fairness", Verdict.INCONCLUSIVE)])
    <Verdict.PASS: 'pass'>
    >>> overall([("rule_results", Verdict.PASS), ("fairness", Verdict.INCONCLUSIVE)])
    <Verdict.INCONCLUSIVE: 'inconclusive'>
    """
    listed = list(verdicts)
    ends = {verdict for _, verdict in listed}
    if not untold(listed):
        ends.discard(Verdict.INCONCLUSIVE)
    return worst(ends)


def untold(verdicts: Iterable[tuple[str, Verdict]]) -> list[str]:
    """Return the assets whose every check is inconclusive, in the order they are met.

    >>> untold([("drift", Verdict.INCONCLUSIVE), ("fairness", Verdict.PASS)])
    ['drift']
    """
    ends: dict[str, set[Verdict]] = {}
    for asset, verdict in verdicts:
        ends.setdefault(asset, set()).add(verdict)
    return [asset for asset, seen in ends.items() if seen == {Verdict.INCONCLUSIVE}]

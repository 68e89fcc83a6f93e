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


_WORST_FIRST = (Verdict.FAIL, Verdict.GAP, Verdict.WARN, Verdict.INCONCLUSIVE, Verdict.PASS)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst of `verdicts`; of none at all, a gap.

    >>> worst([Verdict.PASS, Verdict.WARN])
    <Verdict.WARN: 'warn'>
    >>> worst([])
    <Verdict.GAP: 'gap'>
    """
    seen = set(verdicts)
    return next((verdict for verdict in _WORST_FIRST if verdict in seen), Verdict.GAP)


def overall(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict of a whole audit: fail, else gap, else warn, else pass.

    An inconclusive check on a tiny group is listed in the report but is never the headline, unless
    nothing at all passed: an audit that could tell nothing has not passed.

    >>> overall([Verdict.PASS, Verdict.INCONCLUSIVE])
    <Verdict.PASS: 'pass'>
    >>> overall([Verdict.INCONCLUSIVE])
    <Verdict.INCONCLUSIVE: 'inconclusive'>
    """
    seen = set(verdicts)
    if Verdict.PASS in seen:
        seen.discard(Verdict.INCONCLUSIVE)
    return worst(seen)

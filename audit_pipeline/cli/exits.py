"""What the command line's exit codes mean."""

from collections.abc import Iterable
from enum import IntEnum
from typing import Any

from audit_pipeline.domain.verdict import Verdict


class Exit(IntEnum):
    """Exit codes; of several windows, the worst counts."""

    OK = 0
    """Audited: every required check passed, warned or was inconclusive."""
    FAILED = 1
    """Audited: the verdict is `fail`."""
    USAGE = 2
    """Nothing was audited: unreadable file, unknown audit, a window in the future."""
    GAP = 3
    """Audited, with a gap: data or labels missing, empty or late."""
    CRASHED = 4
    """A stage or its process broke. The report is written, with gaps."""
    IN_PROGRESS = 5
    """Another run is auditing this window now."""
    WAITING = 6
    """Lineage events or alerts wait to be delivered, or nobody is named who gets them."""
    UNHEALTHY = 7
    """Of `health`: something is wrong that nobody sees in a report, and it says what."""
    INTERRUPTED = 130
    """Ctrl-C. Nothing was sealed; the same command starts again."""


_WORST_FIRST = (Exit.CRASHED, Exit.FAILED, Exit.GAP, Exit.IN_PROGRESS, Exit.OK)
_OF_VERDICT = {Verdict.FAIL: Exit.FAILED, Verdict.GAP: Exit.GAP}


def exit_of(results: Iterable[dict[str, Any]]) -> Exit:
    """Return the exit code for how the windows of a run ended."""
    found = {_exit(result) for result in results}
    return next((code for code in _WORST_FIRST if code in found), Exit.CRASHED)


def _exit(result: dict[str, Any]) -> Exit:
    if result["red"]:
        return Exit.CRASHED
    if result["verdict"] is None:
        return Exit.IN_PROGRESS if result["state"] == "in_progress" else Exit.CRASHED
    return _OF_VERDICT.get(Verdict(result["verdict"]), Exit.OK)

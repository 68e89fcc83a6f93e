"""Ask whether Dagster's daemon runs, in a process of its own: the command line knows no Dagster."""

import json
import subprocess
import sys
from collections.abc import Callable

from audit_pipeline.audits.home import Home, child_environment

SECONDS = 20.0
"""For Dagster's answer; its database may be out of reach."""


def begin_asking(home: Home) -> Callable[[], str | None]:
    """Begin to ask, and return what waits for the answer: what is wrong, or None.

    That Dagster cannot be asked is wrong, too.
    """
    process = subprocess.Popen(  # noqa: S603 (our own module, by this interpreter)
        [sys.executable, "-m", "audit_pipeline.defs.daemon", "--home", str(home.path)],
        env=child_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )

    def answer() -> str | None:
        try:
            said, complaint = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return f"Dagster cannot be asked about its daemon: no answer within {SECONDS:g} seconds"
        return _read(said, complaint)

    return answer


def _read(said: str, complaint: str) -> str | None:
    try:
        problem: str | None = json.loads(said.splitlines()[-1])["problem"]
    except (IndexError, ValueError, KeyError, TypeError):
        why = complaint.strip().splitlines()[-1:] or ["it said nothing"]
        return f"Dagster cannot be asked about its daemon: {why[0]}"
    return problem

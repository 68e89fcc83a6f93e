"""Ask whether Dagster's daemon runs, in a process of its own: the command line knows no Dagster."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

from audit_pipeline.audits.home import Home, child_environment

# ruff: noqa: PLC0415 (imports what it alone needs, so that every other command starts fast)

SECONDS = 20.0
"""For Dagster's answer; its database may be out of reach."""
OF_A_DATABASE = re.compile(r"^sqlalchemy\.exc\.\w+: (.*)$", re.MULTILINE)
"""What says what was wrong with a database: SQLAlchemy ends with other lines."""
NAMES = {"dagster-daemon", "dagster._daemon"}
"""The command and the module that a daemon is started as."""


def daemons_at(home: Home) -> list[int]:
    """Return the numbers of the processes that work in a home as Dagster's daemon, rising.

    Limitation: those of other machines are not seen, nor those of other users, if not by root.
    """
    import psutil

    parents: dict[int, int] = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if _is_daemon(process.cmdline()) and _works_in(home, process.environ()):
                parents[process.pid] = process.ppid()
    # `timeout dagster-daemon run` reads like the daemon that it started
    return sorted(set(parents) - set(parents.values()))


def _is_daemon(command: Sequence[str]) -> bool:
    return any(Path(word).name in NAMES and then == "run" for word, then in pairwise(command))


def _works_in(home: Home, environment: Mapping[str, str]) -> bool:
    named = environment.get("DAGSTER_HOME")
    return named is not None and Path(named).resolve() == home.path.resolve()


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
        found = [_read(said, complaint), _too_many(home)]
        return "; ".join(words for words in found if words) or None

    return answer


def _too_many(home: Home) -> str | None:
    found = daemons_at(home)
    if len(found) < 2:  # noqa: PLR2004 (one is as it should be)
        return None
    numbers = ", ".join(map(str, found))
    return f"{len(found)} daemons work in {home.path}: end all but one of the processes {numbers}"


def _read(said: str, complaint: str) -> str | None:
    try:
        problem: str | None = json.loads(said.splitlines()[-1])["problem"]
    except (IndexError, ValueError, KeyError, TypeError):
        why = OF_A_DATABASE.findall(complaint) or complaint.strip().splitlines()
        why = why or ["it said nothing"]
        return f"Dagster cannot be asked about its daemon: {why[-1]}"
    return problem

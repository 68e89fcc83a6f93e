"""Whether Dagster's daemon runs: asked of its storage, in a process of its own.

Run as `python -m audit_pipeline.defs.daemon --home HOME` by the command line, which knows no
Dagster. Prints one JSON object: `problem`, a sentence, or null where all is well.
"""

import argparse
import json
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from audit_pipeline import clock
from audit_pipeline.audits.home import find_home, keep_quiet, use_home
from audit_pipeline.store.file_lock import alone

SILENT_SECONDS = 180.0
"""After which a part of the daemon counts as dead: it is heard of every 30 seconds."""
BEAT_SECONDS = 90.0
"""Within which some part of a daemon that runs was heard of."""
PARTS = ("SENSOR", "SCHEDULER")
"""What audits cannot do without, where Dagster does not say which parts it needs."""


def daemon_problem(beats: Mapping[str, float], needed: Collection[str], now: float) -> str | None:
    """Return what is wrong with the daemon, of when each part was last heard of; None: nothing.

    Times are seconds of the epoch.

    >>> daemon_problem({"SENSOR": 1000.0}, {"SENSOR"}, 1030.0)
    >>> daemon_problem({"SENSOR": 1000.0}, {"SENSOR"}, 1600.0)
    'the daemon is not running: last heard of at 1970-01-01 00:16:40 UTC; start dagster-daemon'
    """
    heard = {part: beats[part] for part in needed if part in beats}
    if not heard:
        return "the daemon is not running, and never was: start dagster-daemon"
    silent = [part for part in sorted(needed) if now - heard.get(part, 0) > SILENT_SECONDS]
    if not silent:
        return None
    if now - max(heard.values()) > BEAT_SECONDS:  # all are silent: of some it was heard later
        last = datetime.fromtimestamp(max(heard.values()), UTC)
        at = f"{last:%Y-%m-%d %H:%M:%S} UTC"
        return f"the daemon is not running: last heard of at {at}; start dagster-daemon"
    return f"parts of the daemon do not run: {', '.join(silent)}; see its log, and restart it"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what is wrong with the daemon of a home; return 0."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    keep_quiet()
    home = find_home(parser.parse_args(arguments).home)
    use_home(home)

    from dagster import DagsterInstance  # noqa: PLC0415 (a second)

    with alone(home.path / ".lock"):  # two first comers would both make its tables
        instance = DagsterInstance.get()
        beats = instance.get_daemon_heartbeats()
    with instance:
        needed = instance.get_required_daemon_types() or PARTS
        times = {part: beat.timestamp for part, beat in beats.items()}
        problem = daemon_problem(times, needed, clock.now().timestamp())
    sys.stdout.write(json.dumps({"problem": problem}) + "\n")
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # taking the interpreter apart costs a second

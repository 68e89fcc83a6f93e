"""Work done in a fresh process: how long it took from its start to its end, and its memory."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
PACKAGE = __package__
QUIET = {"DO_NOT_TRACK": "1", "PYTHONWARNINGS": "ignore"}
"""Nothing that is measured phones home, or tells us of its own deprecations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One process, from start to end."""

    seconds: float
    cpu_seconds: float
    """Of all processors together: what others do on the machine matters less to it."""
    peak_mb: float
    """The most memory that it held at once (resident), not counting processes it started."""
    said: dict[str, Any]
    """The JSON object that it printed."""


def child(module: str, *arguments: object) -> Run:
    """Run a module of this package in a process of its own.

    Raises:
        SystemExit: It ended with an error, which it has printed.
    """
    command = [sys.executable, "-m", f"{PACKAGE}.{module}", *map(str, arguments)]
    begun = time.monotonic()
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | QUIET, stdout=subprocess.PIPE, text=True
    ) as process:
        said = process.stdout.read() if process.stdout else ""
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{module} ended with exit code {process.returncode}")
    # the kernel starts a child's peak at that of the process it came from: keep this one small
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return Run(
        seconds=seconds,
        cpu_seconds=used.ru_utime + used.ru_stime,
        peak_mb=used.ru_maxrss / unit,
        said=json.loads(said) if said.strip() else {},
    )


def median_of(runs: Iterable[Run]) -> Run:
    """Return the medians of several runs, and what the first one said."""
    listed = list(runs)
    return Run(
        seconds=statistics.median(run.seconds for run in listed),
        cpu_seconds=statistics.median(run.cpu_seconds for run in listed),
        peak_mb=statistics.median(run.peak_mb for run in listed),
        said=listed[0].said,
    )


def tell(said: dict[str, Any]) -> None:
    """Print what a child found, for the process that started it."""
    sys.stdout.write(json.dumps(said) + "\n")

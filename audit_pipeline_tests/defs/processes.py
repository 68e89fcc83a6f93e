"""Real processes of Dagster's, each group of which ends with the test that started it."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import psutil

from audit_pipeline.audits.home import Home, child_environment
from audit_pipeline_tests.defs.homes import ROOT

T = TypeVar("T")
CLI = ("-c", "from audit_pipeline.cli import main; main()")


def environment(home: Home, **more: str) -> dict[str, str]:
    """Return the environment of a process that works in `home`; warnings are not its end."""
    own = {"DAGSTER_HOME": str(home.path), "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    return child_environment() | own | more


def run_cli(home: Home, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """Run the command line to its end and return what it said."""
    command = [sys.executable, *CLI, *arguments]
    return subprocess.run(
        command,
        env=environment(home, **more),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@contextlib.contextmanager
def running(
    home: Home, *arguments: str, log: Path, more: Mapping[str, str] | None = None
) -> Iterator[psutil.Process]:
    """Run this Python with `arguments`, in a group of its own; end the whole group at last."""
    with (
        log.open("ab") as sink,
        subprocess.Popen(
            [sys.executable, *arguments],
            env=environment(home, **(more or {})),
            cwd=ROOT,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        ) as started,
    ):
        try:
            yield psutil.Process(started.pid)
        finally:
            end(started)


def end(started: "subprocess.Popen[bytes]", patience: float = 20) -> None:
    """End a group as Ctrl-C would, and by force what does not heed it."""
    group = started.pid
    for how in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, how)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            started.poll()  # its own end is to be waited for, or it stays in the group
            if not of_group(group):
                return
            time.sleep(0.2)


def of_group(group: int) -> list[psutil.Process]:
    """Return the living processes of a group."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def wait_for(what: Callable[[], T | None], seconds: float, *, every: float = 0.5) -> T:
    """Return what `what` returns once it is something; fail if it is not within `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = what()
        if found:
            return found
        time.sleep(every)
    raise AssertionError(f"nothing came within {seconds} s")

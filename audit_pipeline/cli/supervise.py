"""Run audits in a process of their own, and watch over it: killed, it still leaves a report."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from audit_pipeline.audits.home import PROGRESS_PIPE, Home, child_environment

Event = dict[str, Any]
Listener = Callable[[Event], None]
PATIENCE = 20.0
"""Seconds an interrupted process has to put its things in order."""
ASKED = 4
"""Times it is asked to."""


@dataclass
class Ended:
    """How a supervised run ended: its results by window, or why there are none."""

    results: list[Event] = field(default_factory=list)
    refused: str | None = None
    interrupted: bool = False
    log: Path | None = None

    @property
    def stopped(self) -> bool:
        """Whether nothing more is to be run."""
        return self.interrupted or self.refused is not None


def supervise(
    home: Home, audit: str, windows: Sequence[str], listen: Listener, *, again: bool = False
) -> Ended:
    """Audit `windows` and tell `listen` of every stage begun and ended.

    A process that is killed is followed by one that writes the report of the window it was at,
    with gaps, and then by one for the windows that are left.
    """
    try:
        ended = Ended(log=_log(home, audit))
    except OSError as error:
        return Ended(refused=f"nothing can be written in {home.path}: {error.strerror}")
    left = list(windows)
    while left and not ended.stopped:
        done = len(ended.results)
        code = _watch(home, audit, left, ["--again"] * again, ended, listen)
        left = list(windows)[len(ended.results) :]
        if left and not ended.stopped:
            listen({"event": "died", "window": left[0], "code": code})
            _watch(home, audit, left[:1], ["--finish"], ended, listen)
            left = list(windows)[len(ended.results) :]
        if len(ended.results) == done:  # not even the report could be written
            break
    return ended


def _watch(
    home: Home, audit: str, windows: Sequence[str], flags: list[str], ended: Ended, listen: Listener
) -> int:
    """Run one process to its end and return its exit code; its results go to `ended`."""
    reader, writer = os.pipe()
    command = [sys.executable, "-m", "audit_pipeline.defs.launch", "--home", str(home.path)]
    command += ["--audit", audit, *flags]
    command += [part for window in windows for part in ("--window", window)]
    environment = child_environment() | {PROGRESS_PIPE: str(writer)}
    log = (ended.log or Path(os.devnull)).open("ab")
    with (
        log,
        subprocess.Popen(  # noqa: S603 (our own module, by this interpreter)
            command, pass_fds=[writer], env=environment, stdout=log, stderr=log
        ) as process,
    ):
        os.close(writer)
        try:
            for event in _events(reader):
                _take(event, ended)
                listen(event)
            return process.wait()
        except KeyboardInterrupt:
            ended.interrupted = True
            _end(process)
            return process.returncode


def _take(event: Event, ended: Ended) -> None:
    if event["event"] == "result" and event["state"] != "nothing":
        ended.results.append(event)
    if event["event"] == "refused":
        ended.refused = event["why"]


def _events(reader: int) -> Iterator[Event]:
    with os.fdopen(reader, "rb") as lines:
        for line in lines:
            if line.endswith(b"\n"):  # a process killed in the middle of a line leaves half of it
                yield json.loads(line)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Let an interrupted process end by itself, for a while.

    It is asked more than once: Python loses an interrupt that comes while it collects garbage.
    """
    try:
        for _ in range(ASKED):
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE / ASKED)
                return
    except KeyboardInterrupt:
        pass  # whoever asked will not wait
    process.kill()
    process.wait()


def _log(home: Home, audit: str) -> Path:
    folder = home.path / "logs"
    folder.mkdir(exist_ok=True)
    log = folder / f"{audit}-{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}.log"
    log.touch()
    return log

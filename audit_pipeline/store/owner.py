"""Who holds a claim, and whether that process is still alive."""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

import psutil

HEARTBEAT = timedelta(seconds=20)
PATIENCE = timedelta(seconds=120)
"""A claim held on another machine counts as abandoned after so long without a heartbeat."""
SLACK = 2.0
"""Seconds by which two readings of one process's start may differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A process working on an audit; `pid_started` tells it from a later one with the same id."""

    run_id: str
    host: str
    pid: int
    pid_started: float

    def is_alive(self, beat: datetime, now: datetime) -> bool:
        """Return whether the process still runs; of another machine's, whether it was heard of."""
        if self.host != socket.gethostname():
            return now - beat < PATIENCE
        try:
            process = psutil.Process(self.pid)
            started, is_zombie = _started(process), process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False
        same = abs(started - self.pid_started) < SLACK  # else the id was given anew
        return same and not is_zombie


def this_process(run_id: str) -> Owner:
    """Return this process as the owner of what the run claims."""
    return Owner(
        run_id=run_id,
        host=socket.gethostname(),
        pid=os.getpid(),
        pid_started=_started(psutil.Process()),
    )


def _started(process: psutil.Process) -> float:
    """Return when a process started, in seconds: on Linux since the machine did.

    There both readings move when the clock is set; by the time of day, who lives would look dead.
    """
    started = process.create_time()
    return started - psutil.boot_time() if psutil.LINUX else started

"""Who holds a claim, and whether that process is still alive."""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

import psutil

HEARTBEAT = timedelta(seconds=20)
PATIENCE = timedelta(seconds=120)
"""A claim held on another machine counts as abandoned after so long without a heartbeat."""
CLOCK_SLACK = 2.0
"""Seconds by which two readings of one process's start may differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A process working on an audit."""

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
            started = process.create_time()
        except psutil.NoSuchProcess:
            return False
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return abs(started - self.pid_started) < CLOCK_SLACK  # else the id was given anew


def this_process(run_id: str) -> Owner:
    """Return this process as the owner of what the run claims."""
    return Owner(
        run_id=run_id,
        host=socket.gethostname(),
        pid=os.getpid(),
        pid_started=psutil.Process().create_time(),
    )

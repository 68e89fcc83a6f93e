"""Whether the process of a run still lives: told by what the run wrote down, never by its age.

Dagster writes the number of the process and not the machine. So of a run of its own launcher we
know the machine from where this process stands: the code server starts the runs, and ticks.
"""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

import dagster as dg
import psutil

from audit_pipeline.store.owner import SLACK, Owner, this_process

PROCESS_TAG = "audit_pipeline/process"
"""Machine, number and start of the process of a run that no launcher of Dagster's started."""
LAUNCHED_TAG = ".dagster/grpc_info"
"""Where the code server is that Dagster's own launcher asked to start a run."""
UNTOLD_SECONDS = 60.0
"""A process that lives tells its number within this time: it takes 5 s."""
WAIT_SECONDS = 2.0


def process_tags() -> dict[str, str]:
    """Return the tags that name this process as the one that a run works in."""
    owner = this_process("")
    return {PROCESS_TAG: f"{owner.host}/{owner.pid}/{owner.pid_started}"}


def is_gone(
    instance: dg.DagsterInstance, record: dg.RunRecord, here_since: float, now: datetime
) -> str | None:
    """Return whose process is gone, in words, if it surely is; None where it lives or none knows.

    `here_since` is when runs began to be started on this machine, in seconds of the epoch. Left
    alone are runs on other machines, and those of launchers other than Dagster's default.
    """
    tags, launched = record.dagster_run.tags, record.dagster_run.remote_job_origin is not None
    if PROCESS_TAG in tags and not launched:  # else somebody launched it anew, tags and all
        return _told_by_itself(tags[PROCESS_TAG], now)
    if LAUNCHED_TAG not in tags or not launched:
        return None
    told = list(_told_to_dagster(instance, record.dagster_run.run_id))
    if not told:
        return _never_told(record, tags[LAUNCHED_TAG], here_since, now)
    if told[0][1] < here_since or any(_lives(pid, at) for pid, at in told):
        return None
    return f"process {told[0][0]} on {socket.gethostname()}"


def _told_by_itself(tag: str, now: datetime) -> str | None:
    host, pid, started = tag.rsplit("/", 2)
    owner = Owner(run_id="", host=host, pid=int(pid), pid_started=float(started))
    if host != socket.gethostname() or owner.is_alive(now, now):
        return None
    return f"process {pid} on {host}"


def _told_to_dagster(instance: dg.DagsterInstance, run_id: str) -> Iterator[tuple[int, float]]:
    """Yield each process that worked on a run, and when it said so, oldest first."""
    for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT):
        event = entry.dagster_event
        pid = event.engine_event_data.metadata.get("pid") if event else None
        if pid is not None:
            yield int(str(pid.value)), entry.timestamp


def _lives(pid: int, told: float) -> bool:
    """Return whether a process still runs, or another like it that was given its number anew.

    One that started after `told` is a later one, unless the clock was set forward meanwhile: so
    what looks like a run, and began too late, is taken for the run until it ends.
    """
    with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        if process.create_time() <= told + SLACK:
            return True
        return any("multiprocessing" in word for word in process.cmdline())
    return False


def _never_told(
    record: dg.RunRecord, launched: str, here_since: float, now: datetime
) -> str | None:
    """Return whose process never began: the code server that was asked to start it is gone."""
    asked = record.update_timestamp
    if asked.timestamp() < here_since or (now - asked).total_seconds() < UNTOLD_SECONDS:
        return None
    if _answers(json.loads(launched)):
        return None
    return f"the code server on {socket.gethostname()} that was to start it"


def _answers(server: dict[str, Any]) -> bool:
    """Return whether somebody listens where a code server did."""
    at_path = server.get("socket")
    kind, address = (
        (socket.AF_UNIX, at_path) if at_path else (socket.AF_INET, (server["host"], server["port"]))
    )
    with socket.socket(kind) as asked:
        asked.settimeout(WAIT_SECONDS)
        try:
            asked.connect(address)
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:  # slow, or of a name that is not known here: nobody knows
            return True
    return True

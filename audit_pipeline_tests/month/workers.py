"""Workers: forks of a process that has all imported, two of them at a time."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from audit_pipeline_tests.month.worker import Task, work_on

AT_ONCE = 2
LONGEST = 120.0
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Job:
    """A task, and the seconds after which it is killed from outside, if it is."""

    task: Task
    killed_after: float | None = None


@dataclass(slots=True)
class _Running:
    place: int
    process: ForkServerProcess
    begun: float
    kill_at: float | None


class Workers:
    """Runs jobs in processes of their own, and says how each ended."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("forkserver")
        # a process has one server to fork from: other tests' has not imported what ours need
        forkserver._forkserver._stop()  # type: ignore[attr-defined]  # as Python's own tests do
        self._context.set_forkserver_preload(["audit_pipeline_tests.month.warm"])

    def run(self, jobs: Sequence[Job]) -> list[int]:
        """Return the exit code of each, -9 for those that were killed; never more than two run."""
        waiting = list(enumerate(jobs))[::-1]
        running: list[_Running] = []
        ended: dict[int, int] = {}
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                running.append(self._begin(*waiting.pop()))
            running = [each for each in running if not _has_ended(each, ended)]
            time.sleep(0.005)
        return [ended[place] for place in range(len(jobs))]

    def _begin(self, place: int, job: Job) -> _Running:
        process = self._context.Process(target=work_on, args=(job.task,), daemon=True)
        with _importable():
            process.start()
        begun = time.monotonic()
        kill_at = None if job.killed_after is None else begun + job.killed_after
        return _Running(place, process, begun, kill_at)


def _has_ended(running: _Running, ended: dict[int, int]) -> bool:
    process, now = running.process, time.monotonic()
    code = process.exitcode
    if code is None:
        assert now < running.begun + LONGEST, "a worker hangs"
        if running.kill_at is not None and now >= running.kill_at and process.pid is not None:
            os.kill(process.pid, signal.SIGKILL)
            running.kill_at = None
        return False
    ended[running.place] = code
    process.close()
    return True


@contextmanager
def _importable() -> Iterator[None]:
    """Let the process that is forked from find our modules: it does not know this one's path."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), before)))
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before

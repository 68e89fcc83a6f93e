"""Audits through the command line, in a home of their own: how long, where, and how much memory."""

import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import yaml

from audit_pipeline_tests.benchmarks.children import ROOT

COMMAND = (sys.executable, "-u", "-c", "from audit_pipeline.cli import main; main()")
LOOK_SECONDS = 0.1
MB = 2**20
STAGE = re.compile(r"[✓○✗] (\w+) +([\d.]+) s")
WORK = re.compile(r"([\d.]+) s in all: ([\d.]+) s with a stage at work")
AUDITED = (0, 1, 3)
"""Exit codes of an audit that was made, whatever its verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRun:
    """One run of `audit-pipeline run`, from start to end."""

    seconds: float
    first_progress_seconds: float
    work_seconds: float
    """In which a stage was at work."""
    stages: Mapping[str, float]
    """Seconds of each; some are at work side by side."""
    largest_mb: float
    """The most memory that any one of its processes held."""
    together_mb: float
    """The most that all of them held at once; what they share counts for each."""

    @property
    def around_share(self) -> float:
        """Share of the time in which no stage was at work."""
        return 1 - self.work_seconds / self.seconds


def write_home(folder: Path, settings: Mapping[str, Any]) -> Path:
    """Return a fresh home in `folder` with one audit."""
    home = folder / "home"
    (home / "audits").mkdir(parents=True)
    shutil.copy(ROOT / "dagster_home" / "dagster.yaml", home)
    text = yaml.safe_dump(dict(settings), sort_keys=False)
    (home / "audits" / f"{settings['name']}.yaml").write_text(text, encoding="utf-8")
    return home


def run_audit(home: Path, name: str, window: str, *flags: str) -> AuditRun:
    """Audit one window as a user would.

    Raises:
        SystemExit: It was not audited; says what was printed.
    """
    command = [*COMMAND, "run", name, "-w", window, *flags, "--home", str(home)]
    begun = time.monotonic()
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        memory = _Memory(process.pid)
        said = process.stdout.readline() if process.stdout else ""
        first = time.monotonic() - begun
        said += process.stdout.read() if process.stdout else ""
        process.wait()
        seconds = time.monotonic() - begun
        memory.stop()
    found = WORK.search(said)
    if found is None or process.returncode not in AUDITED:
        raise SystemExit(f"exit code {process.returncode} after {seconds:.0f} s\n{said}")
    return AuditRun(
        seconds=seconds,
        first_progress_seconds=first,
        work_seconds=float(found[2]),
        stages={stage: float(took) for stage, took in STAGE.findall(said)},
        largest_mb=memory.largest / MB,
        together_mb=memory.together / MB,
    )


class _Memory:
    """Looks at a process and all that came from it, again and again."""

    def __init__(self, pid: int) -> None:
        self.largest = self.together = 0
        self._root, self._end = psutil.Process(pid), threading.Event()
        self._looking = threading.Thread(target=self._look, daemon=True)
        self._looking.start()

    def stop(self) -> None:
        self._end.set()
        self._looking.join()

    def _look(self) -> None:
        while not self._end.wait(LOOK_SECONDS):
            held = self._held()
            self.largest = max(self.largest, *held, 0)
            self.together = max(self.together, sum(held))

    def _held(self) -> list[int]:
        held = []
        with suppress(psutil.Error):  # each may end meanwhile
            for process in (self._root, *self._root.children(recursive=True)):
                with suppress(psutil.Error):
                    held.append(process.memory_info().rss)
        return held

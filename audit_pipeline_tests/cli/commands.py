"""The real command line in a process of its own, on a small home of real Dagster."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

import audit_pipeline
from audit_pipeline_tests.stages.small import settings, write_home

ROOT = Path(audit_pipeline.__file__).parents[1]
RULE = {
    "expect": "expect_column_values_to_be_between",
    "kwargs": {"column": "income", "min_value": 0},
    "name": "income_is_positive",
}
SLOW = settings(rules=[RULE])
"""An audit whose rules take seconds: time enough to interrupt it."""


def dagster_home(folder: Path, audit: Mapping[str, Any] | None = None) -> Path:
    """Write a home of the small audit with the settings of the embedded Dagster."""
    write_home(folder, audit)
    shutil.copy(ROOT / "dagster_home" / "dagster.yaml", folder / "dagster.yaml")
    return folder


def start(home: Path, *arguments: str, root: Path = ROOT) -> "subprocess.Popen[str]":
    """Start `audit-pipeline …` in a process group of its own."""
    main = "from audit_pipeline.cli import main; main()"
    environment = os.environ | {
        "DAGSTER_HOME": str(home),
        "PYTHONPATH": str(root),
        "COLUMNS": "400",
    }
    return subprocess.Popen(
        [sys.executable, "-c", main, *arguments],
        cwd=home,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def command(home: Path, *arguments: str, root: Path = ROOT) -> tuple[int, str]:
    """Run `audit-pipeline …` to its end; return its exit code and what it said."""
    process = start(home, *arguments, root=root)
    said, _ = process.communicate(timeout=240)
    return process.returncode, said


def until(process: "subprocess.Popen[str]", words: str) -> str:
    """Read what a command says up to the line that holds `words`."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(f"it never said {words!r}, only:\n{said}")


def launched(process: "subprocess.Popen[str]") -> psutil.Process:
    """Return the process in which the command runs the audit."""
    children = psutil.Process(process.pid).children()
    return next(c for c in children if "audit_pipeline.defs.launch" in c.cmdline())


def kill_all(process: "subprocess.Popen[str]") -> None:
    """Kill a command and every process it started, as a power cut would."""
    started = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGKILL)
    for child in started:
        if child.is_running():
            child.kill()
    process.communicate(timeout=10)
    psutil.wait_procs(started, 10)


def left_running(home: Path) -> list[str]:
    """Return the processes that still work for a home, once they had time to end."""
    found: list[str] = []
    for _ in range(50):
        lines = (" ".join(p.info["cmdline"] or ()) for p in psutil.process_iter(["cmdline"]))
        found = [line for line in lines if str(home) in line]
        if not found:
            break
        time.sleep(0.1)
    return found


def reports(home: Path) -> list[str]:
    """Return the reports of a home, by window and revision."""
    found = (home / "evidence").rglob("report.html")
    return sorted(str(path.parent.relative_to(home / "evidence" / "loans")) for path in found)

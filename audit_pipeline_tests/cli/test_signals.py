"""Real processes and signals: nothing is audited twice, nothing is lost."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from audit_pipeline.cli import supervise
from audit_pipeline_tests.cli.commands import (
    SLOW,
    command,
    dagster_home,
    kill_all,
    launched,
    left_running,
    reports,
    start,
    until,
)

RUN = ("run", "loans", "-w", "2024-01")


def test_of_two_runs_at_once_one_audits(tmp_path: Path) -> None:
    home = dagster_home(tmp_path / "home", SLOW)
    first, second = start(home, *RUN), start(home, *RUN)
    told = [process.communicate(timeout=240)[0] for process in (first, second)]
    codes = {first.returncode, second.returncode}
    assert codes <= {0, 5}, told
    assert 0 in codes
    beside = ("another run is auditing it now", "already audited; add --again")
    assert sum(any(words in said for words in beside) for said in told) == 1
    # the second may be quicker to claim what both have read, under the number it reserved
    assert reports(home) in (["2024-01/revision-1"], ["2024-01/revision-2"])


def test_ctrl_c_seals_nothing_more_and_the_same_command_starts_again(tmp_path: Path) -> None:
    home = dagster_home(tmp_path / "home", SLOW)
    both = (*RUN, "-w", "2024-02")
    process = start(home, *both)
    until(process, "loans 2024-02")
    until(process, "profile")
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "2024-01  ✓ pass" in said
    assert "Interrupted: 2024-02 was not sealed. The same command starts it again." in said
    assert "Traceback" not in said
    assert reports(home) == ["2024-01/revision-1"]
    assert left_running(home) == []
    code, said = command(home, *both)
    assert code == 3, said  # February has no rows
    assert "already audited" in said
    assert len(reports(home)) == 2


def test_an_interrupt_that_python_loses_is_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "PATIENCE", 2.0)
    loses_one = (
        "import signal, sys\n"
        "def lose(*_): signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "signal.signal(signal.SIGINT, lose)\n"
        "print('ready', flush=True)\n"
        "try: signal.pause(); signal.pause()\n"
        "except KeyboardInterrupt: sys.exit(7)\n"
    )
    with subprocess.Popen([sys.executable, "-c", loses_one], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        supervise._end(process)
    assert process.returncode == 7


def test_a_killed_audit_still_leaves_its_report_with_gaps(tmp_path: Path) -> None:
    home = dagster_home(tmp_path / "home", SLOW)
    process = start(home, *RUN)
    said = until(process, "profile")
    launched(process).kill()
    said += process.communicate(timeout=120)[0]
    assert process.returncode == 4, said
    assert "the process died (exit -9); writing the report" in said
    assert "crashed: the process ended before this stage did" in said
    assert "○ gap" in said
    assert "Something broke; the details are in" in said
    assert reports(home) == ["2024-01/revision-1"]
    assert left_running(home) == []
    code, said = command(home, *RUN)  # what crashed does not count as audited
    assert code == 0, said
    assert reports(home) == ["2024-01/revision-1", "2024-01/revision-2"]


def test_after_a_power_cut_the_same_command_takes_over(tmp_path: Path) -> None:
    home = dagster_home(tmp_path / "home", SLOW)
    process = start(home, *RUN)
    until(process, "profile")
    kill_all(process)
    assert reports(home) == []
    code, said = command(home, *RUN)
    assert code == 0, said
    assert reports(home) == ["2024-01/revision-1"]
    leftovers = [p.name for p in (home / "private").rglob(".incoming-*")]
    assert leftovers == []

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from dagster._core.execution import asset_backfill

from audit_pipeline.audits.home import PATIENT, Home, use_home
from audit_pipeline.cli.daemon import daemons_at
from audit_pipeline.store.file_lock import held_by_other
from audit_pipeline_tests.cli.commands import command, dagster_home
from audit_pipeline_tests.defs.processes import wait_for

HOLDER = (
    "import os, sys\n"
    "from pathlib import Path\n"
    "from audit_pipeline.store.file_lock import held_by_other\n"
    "assert held_by_other(Path(sys.argv[1]), 'by a test') is None\n"
    "os.execv('/bin/sleep', ['sleep', '60'])\n"
)


def test_a_home_that_is_open_is_not_opened_twice(tmp_path: Path) -> None:
    home = dagster_home(tmp_path)
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(home / ".ui.lock")]) as holder:
        try:
            while Path(f"/proc/{holder.pid}/comm").read_text() != "sleep\n":
                os.sched_yield()
            code, said = command(home, "ui")
        finally:
            holder.send_signal(signal.SIGKILL)
    assert code == 2
    assert f"{home} is open already: by a test. Use that one, or end it first" in said
    assert held_by_other(home / ".ui.lock", "by nobody") is None  # gone with its holder, if killed


def test_a_home_in_which_a_daemon_works_gets_no_second_one_and_two_are_told(tmp_path: Path) -> None:
    home = dagster_home(tmp_path)
    waits = "import sys; sys.stdin.read()"
    daemon = [sys.executable, "-c", waits, "-m", "dagster._daemon", "run"]
    there = os.environ | {"DAGSTER_HOME": str(home)}
    with (
        subprocess.Popen(["timeout", "60", *daemon], env=there, stdin=subprocess.PIPE) as wrapper,
        subprocess.Popen(daemon, env=os.environ | {"DAGSTER_HOME": "/"}, stdin=subprocess.PIPE),
    ):
        number = wait_for(lambda: set(daemons_at(Home(home))) - {wrapper.pid}, 10)
        code, said = command(home, "ui")
        with subprocess.Popen(daemon, env=there, stdin=subprocess.PIPE) as second:
            wait_for(lambda: len(daemons_at(Home(home))) > 1, 10)
            told = command(home, "health")[1]
    assert code == 2
    (first,) = number
    assert said.startswith(f"a daemon works in {home} already: process {first}. A home has one")
    both = ", ".join(map(str, sorted([first, second.pid])))
    assert f"2 daemons work in {home}: end all but one of the processes {both}\n" in told


def test_the_daemon_lets_a_back_fill_wait_while_definitions_cannot_be_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "elsewhere")
    monkeypatch.setenv(PATIENT, "")
    use_home(Home(tmp_path))
    assert os.environ[PATIENT] == "1"
    assert f'"{PATIENT}"' in Path(asset_backfill.__file__).read_text()  # it still reads that


def test_a_port_that_is_taken_is_said_before_anything_starts(tmp_path: Path) -> None:
    home = dagster_home(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, said = command(home, "ui", "--port", str(port))
    assert code == 2
    assert said.startswith(f"port {port} cannot be used (Address already in use): name another")

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from audit_pipeline.store.file_lock import held_by_other
from audit_pipeline_tests.cli.commands import command, dagster_home

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


def test_a_port_that_is_taken_is_said_before_anything_starts(tmp_path: Path) -> None:
    home = dagster_home(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, said = command(home, "ui", "--port", str(port))
    assert code == 2
    assert said.startswith(f"port {port} cannot be used (Address already in use): name another")

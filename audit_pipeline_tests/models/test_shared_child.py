"""One warm child for each process, replaced when it dies."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest

from audit_pipeline.models.shared_child import close_shared_child, shared_child, warm_up


@pytest.fixture(autouse=True)
def _no_child_left() -> Iterator[None]:
    close_shared_child()
    yield
    close_shared_child()


def test_the_child_that_was_warmed_up_is_the_one_that_is_shared() -> None:
    before = time.monotonic()
    warm_up()
    assert time.monotonic() - before < 0.5
    assert shared_child() is shared_child()


def test_a_dead_child_is_replaced() -> None:
    first = shared_child()
    os.kill(first.pid, signal.SIGKILL)
    psutil.Process(first.pid).wait(10) if psutil.pid_exists(first.pid) else None
    while first.alive:
        time.sleep(0.01)
    second = shared_child()
    assert second.alive
    assert second.pid != first.pid


def test_a_closed_shared_child_is_gone() -> None:
    child = shared_child()
    close_shared_child()
    assert not child.alive


def test_a_process_that_exits_takes_its_child_along() -> None:
    code = "from audit_pipeline.models.shared_child import shared_child; print(shared_child().pid)"
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert finished.stderr == ""
    assert not psutil.pid_exists(int(finished.stdout))


def test_a_forked_process_gets_a_child_of_its_own() -> None:
    code = (
        "import os\n"
        "from audit_pipeline.models.shared_child import shared_child\n"
        "first = shared_child().pid\n"
        "forked = os.fork()\n"
        "if not forked:\n"
        "    os._exit(shared_child().pid == first)\n"
        "_, status = os.waitpid(forked, 0)\n"
        "assert status == 0 and shared_child().pid == first\n"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
    )

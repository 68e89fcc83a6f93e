"""The child that may die: real processes, really killed."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from audit_pipeline.models.child import Child, ChildDied, ChildFailed
from audit_pipeline_tests.models import tasks


def start() -> Child:
    return Child.start(preload=(), tasks=tasks.names())


@pytest.fixture(scope="module")
def shared() -> Iterator[Child]:
    with start() as child:
        yield child


def task(function: Callable[..., object]) -> str:
    return f"{tasks.HERE}:{function.__name__}"


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in 20 s"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_task_runs_in_another_process_and_answers_json(shared: Child) -> None:
    answer = shared.call(task(tasks.echo), {"ä": [1, None, "x"]}, timeout=20)
    assert answer == {"heard": {"ä": [1, None, "x"]}, "pid": shared.pid}
    assert shared.pid != os.getpid()


def test_a_request_larger_than_a_pipe_and_its_answer_come_through(shared: Child) -> None:
    text = "x" * 3_000_000
    assert shared.call(task(tasks.echo), {"text": text}, timeout=20)["heard"] == {"text": text}


def test_what_a_task_prints_does_not_disturb_its_answer(shared: Child) -> None:
    assert shared.call(task(tasks.chatter), {}, timeout=20) == {"read_from_stdin": ""}
    assert "heard" in shared.call(task(tasks.echo), {}, timeout=20)


def test_starting_returns_before_the_imports_are_done() -> None:
    began = time.monotonic()
    with Child.start(preload=("xgboost", "shap")) as child:
        assert time.monotonic() - began < 0.5
        assert child.alive


def test_a_task_that_is_not_on_the_list_is_refused_by_both_sides(shared: Child) -> None:
    with pytest.raises(ValueError, match="not one of the child's tasks"):
        shared.call("os:getcwd", {}, timeout=20)
    shared._tasks |= {"os:getcwd"}
    with pytest.raises(ChildFailed, match="PermissionError"):
        shared.call("os:getcwd", {}, timeout=20)


def test_a_task_that_raises_tells_its_error_without_data_and_the_child_lives_on(
    shared: Child,
) -> None:
    with pytest.raises(ChildFailed) as caught:
        shared.call(task(tasks.fail), {"value": "Jane Doe"}, timeout=20)
    assert caught.value.kind == "ValueError"
    assert "could not convert string to float: … in row … (tasks.py:" in caught.value.message
    assert "Jane" not in str(caught.value)
    assert "1234" not in str(caught.value)
    assert shared.call(task(tasks.echo), {}, timeout=20)["pid"] == shared.pid


def test_the_words_of_our_own_errors_come_through_whole(shared: Child) -> None:
    with pytest.raises(ChildFailed) as caught:
        shared.call(task(tasks.fail_as_model), {}, timeout=20)
    assert caught.value.kind == "ModelError"
    assert caught.value.message == "The column 'age' is text."


def test_an_answer_that_is_not_a_number_is_a_failure(shared: Child) -> None:
    with pytest.raises(ChildFailed, match="ValueError"):
        shared.call(task(tasks.answer_nan), {}, timeout=20)


def test_a_child_killed_in_the_middle_of_a_call_is_reported(tmp_path: Path) -> None:
    started = tmp_path / "started"
    with start() as child:

        def kill() -> None:
            wait_until(started.exists)
            os.kill(child.pid, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        with pytest.raises(ChildDied, match=r"tasks:sleep was ended by SIGKILL.*memory"):
            child.call(task(tasks.sleep), {"started": str(started)}, timeout=60)
        killer.join()
        assert not child.alive
        with pytest.raises(ChildDied, match="SIGKILL"):
            child.call(task(tasks.echo), {}, timeout=20)


def test_a_crash_names_its_signal_and_an_exit_its_code() -> None:
    with start() as child, pytest.raises(ChildDied, match="tasks:segfault was ended by SIGSEGV"):
        child.call(task(tasks.segfault), {}, timeout=20)
    with start() as child, pytest.raises(ChildDied, match="tasks:leave exited with code 3"):
        child.call(task(tasks.leave), {}, timeout=20)


def test_a_task_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with start() as child:
        child.call(task(tasks.echo), {}, timeout=20)
        with pytest.raises(ChildDied, match=r"tasks:sleep took longer than 0\.3 s"):
            child.call(task(tasks.sleep), {"started": str(tmp_path / "started")}, timeout=0.3)
        assert gone(child.pid)


def test_a_stopped_child_does_not_hang_a_large_request() -> None:
    with start() as child:
        child.call(task(tasks.echo), {}, timeout=20)
        os.kill(child.pid, signal.SIGSTOP)
        with pytest.raises(ChildDied, match="took longer"):
            child.call(task(tasks.echo), {"text": "x" * 3_000_000}, timeout=0.3)


def test_an_interrupted_call_cannot_leave_its_answer_to_the_next(tmp_path: Path) -> None:
    started = tmp_path / "started"
    main = threading.get_ident()

    def interrupt() -> None:
        wait_until(started.exists)
        signal.pthread_kill(main, signal.SIGINT)

    with start() as child:
        interrupter = threading.Thread(target=interrupt)
        interrupter.start()
        with pytest.raises(KeyboardInterrupt):
            child.call(task(tasks.sleep), {"started": str(started)}, timeout=60)
        interrupter.join()
        assert gone(child.pid)


PARENT = """
import sys, threading
from pathlib import Path
from audit_pipeline.models.child import Child
from audit_pipeline_tests.models import tasks
child = None
def start():
    global child
    child = Child.start(preload=(), tasks=tasks.names())
if sys.argv[2] == "thread":
    starter = threading.Thread(target=start); starter.start(); starter.join()
else:
    start()
print(child.pid, flush=True)
child.call(tasks.HERE + sys.argv[3], {"started": sys.argv[1]}, timeout=600)
"""


# a child in C code sees no end of file; on Linux the kernel ends it all the same
in_c = pytest.param(
    "main", ":sleep_in_c", marks=pytest.mark.skipif(sys.platform != "linux", reason="Linux only")
)


@pytest.mark.parametrize(("started_by", "work"), [("main", ":sleep"), ("thread", ":sleep"), in_c])
def test_the_child_dies_with_its_parent(tmp_path: Path, started_by: str, work: str) -> None:
    started = tmp_path / "started"
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(started), started_by, work],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        wait_until(started.exists)
        assert not gone(child)
        parent.kill()
    wait_until(lambda: gone(child))


def test_a_child_outlives_the_thread_that_started_it() -> None:
    started: list[Child] = []

    def start_and_use() -> None:
        started.append(start())
        started[0].call(task(tasks.echo), {}, timeout=20)

    starter = threading.Thread(target=start_and_use)
    starter.start()
    starter.join()
    time.sleep(0.3)  # the system's thread ends a little after Python's
    with started[0] as child:
        assert child.call(task(tasks.echo), {}, timeout=20)["pid"] == child.pid


def test_the_child_opens_no_network_connection(shared: Child) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
        with pytest.raises(ChildFailed, match="PermissionError"):
            shared.call(task(tasks.connect), {"host": host, "port": port}, timeout=20)


def test_a_closed_child_is_gone_and_says_so() -> None:
    child = start()
    child.close()
    assert gone(child.pid)
    with pytest.raises(ChildDied, match="exited with code 0"):
        child.call(task(tasks.echo), {}, timeout=20)

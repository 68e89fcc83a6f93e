"""Work that may crash, hang or must not be trusted, in a process of its own.

A library in C++ that reads a damaged model can end the whole process, and an explanation can take
more time or memory than there is. In the child, both become an exception in the parent.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any, Self, cast

from audit_pipeline.domain.measurement import Json
from audit_pipeline.models.pipe import receive_line, send_line

MAIN = Path(__file__).with_name("_child_main.py")
SCORE = "audit_pipeline.models.scoring:score_rows"
EXPLAIN = "audit_pipeline.explain.run:explain_rows"
TASKS = frozenset({SCORE, EXPLAIN})
SECONDS_TO_END = 5.0
_waits = threading.local()


class ChildDied(Exception):  # noqa: N818 (what happened, in the words of the report)
    """The child ended before it answered: crashed, killed, out of memory or out of time."""


class ChildFailed(Exception):  # noqa: N818 (likewise)
    """The task raised; the child lives on. `kind` is the name of the error's type."""

    def __init__(self, task: str, kind: str, message: str) -> None:
        super().__init__(f"{task} raised {kind}: {message}")
        self.kind = kind
        self.message = message


def waited_seconds() -> float:
    """Return how long this thread stood still for what was not its task: a child's imports."""
    seconds: float = getattr(_waits, "seconds", 0.0)
    return seconds


class Child:
    """A child process that runs one task at a time; calls from several threads queue up."""

    def __init__(self, process: "subprocess.Popen[bytes]", tasks: frozenset[str]) -> None:
        self._process = process
        self._requests = cast("IO[bytes]", process.stdin)
        self._replies = cast("IO[bytes]", process.stdout)
        self._tasks = tasks
        self._turn = threading.Lock()

    @classmethod
    def start(
        cls, preload: Iterable[str] = ("xgboost", "shap"), tasks: Iterable[str] = TASKS
    ) -> Self:
        """Return at once with a child that imports `preload` while the caller goes on.

        Args:
            preload: Modules to import before the first task.
            tasks: The only functions the child will run, each as `module:function`.
        """
        allowed = frozenset(tasks)
        process = subprocess.Popen(  # noqa: S603 (this interpreter and a file of ours)
            # -P keeps the script's own folder off the module path
            [sys.executable, "-P", str(MAIN)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        child = cls(process, allowed)
        # Linux ends a child with the *thread* that started it, so only the main one may ask for it
        is_main = threading.current_thread() is threading.main_thread()
        hello = {
            "path": [entry or str(Path.cwd()) for entry in sys.path],
            "parent": os.getpid() if is_main else None,
            "preload": list(preload),
            "tasks": sorted(allowed),
        }
        send_line(child._requests, json.dumps(hello).encode(), time.monotonic() + SECONDS_TO_END)
        return child

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The process id of the child."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the child can be called."""
        return self._process.poll() is None

    def call(self, task: str, request: Mapping[str, Json], timeout: float) -> dict[str, Any]:
        """Return what the function `task` answers to `request`, both JSON.

        Args:
            task: One of the functions the child was started with.
            request: What the function is called with.
            timeout: Seconds from when the child is free; a fresh child spends some on imports.

        Raises:
            ValueError: The task is not one the child was started with.
            ChildFailed: The task raised. The child can be called again.
            ChildDied: The child ended or took too long. It is gone.
        """
        if task not in self._tasks:
            raise ValueError(f"{task!r} is not one of the child's tasks: {sorted(self._tasks)}.")
        line = json.dumps({"task": task, "request": request}, allow_nan=False).encode()
        with self._turn:
            begun = time.monotonic()
            reply = json.loads(self._exchange(task, line, timeout))
            _waits.seconds = waited_seconds() + time.monotonic() - begun - reply["seconds"]
        if "failed" in reply:
            raise ChildFailed(task, reply["failed"]["type"], reply["failed"]["message"])
        return cast("dict[str, Any]", reply["result"])

    def close(self) -> None:
        """End the child at once, in the midst of work too."""
        self._requests.close()
        self._end(SECONDS_TO_END)
        self._replies.close()

    def _exchange(self, task: str, line: bytes, timeout: float) -> bytes:
        deadline = time.monotonic() + timeout
        try:
            send_line(self._requests, line, deadline)
            return receive_line(self._replies, deadline)
        except TimeoutError as error:
            self._end()
            raise ChildDied(f"{task} took longer than {timeout:g} s and was ended.") from error
        # ValueError is what Python raises on a pipe that was closed here
        except (OSError, EOFError, ValueError) as error:
            self._end(SECONDS_TO_END)
            raise ChildDied(f"The process of {task} {self._ending()}.") from error
        except BaseException:
            # interrupted while waiting: a late answer must not be taken for the next one
            self._end()
            raise

    def _end(self, patience: float = 0.0) -> None:
        """Wait `patience` seconds for the child to end by itself, then kill it."""
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ending(self) -> str:
        code = self._process.returncode
        if code >= 0:
            return f"exited with code {code}"
        name = signal.Signals(-code).name
        hint = " (often for want of memory)" if -code == signal.SIGKILL else ""
        return f"was ended by {name}{hint}"

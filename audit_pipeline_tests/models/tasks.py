"""Tasks that misbehave, for the child to run."""

import ctypes
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from audit_pipeline.models.base import ModelError

HERE = "audit_pipeline_tests.models.tasks"


def echo(request: Mapping[str, Any]) -> dict[str, Any]:
    return {"heard": dict(request), "pid": os.getpid()}


def chatter(request: Mapping[str, Any]) -> dict[str, Any]:
    print('{"result": "printed by a library"}', flush=True)  # noqa: T201
    os.write(1, b"written by a library in C\n")
    return {"read_from_stdin": sys.stdin.read()}


def fail(request: Mapping[str, Any]) -> dict[str, Any]:
    raise ValueError(f"could not convert string to float: {request['value']!r} in row 1234.5")


def fail_as_model(request: Mapping[str, Any]) -> dict[str, Any]:
    raise ModelError("The column 'age' is text.")


def answer_nan(request: Mapping[str, Any]) -> dict[str, Any]:
    return {"number": float("nan")}


def sleep(request: Mapping[str, Any]) -> dict[str, Any]:
    Path(request["started"]).touch()
    time.sleep(600)
    return {}


def sleep_in_c(request: Mapping[str, Any]) -> dict[str, Any]:
    Path(request["started"]).touch()
    ctypes.PyDLL(None).sleep(600)  # PyDLL keeps the lock that other threads of Python need
    return {}


def segfault(request: Mapping[str, Any]) -> dict[str, Any]:
    os.kill(os.getpid(), signal.SIGSEGV)
    return {}


def leave(request: Mapping[str, Any]) -> dict[str, Any]:
    os._exit(3)


def connect(request: Mapping[str, Any]) -> dict[str, Any]:
    with socket.create_connection((request["host"], request["port"])):
        return {"connected": True}


def names() -> list[str]:
    """Return the names of all tasks here."""
    functions = (
        echo,
        chatter,
        fail,
        fail_as_model,
        answer_nan,
        sleep,
        sleep_in_c,
        segfault,
        leave,
        connect,
    )
    return [f"{HERE}:{function.__name__}" for function in functions]

"""The child's side of `child.py`: run as a script, so that it is up before anything is imported.

It reads requests, one JSON line each, and answers each with one JSON line. It ends when its
parent ends, and refuses to open network connections.
"""

import contextlib
import ctypes
import importlib
import json
import os
import queue
import re
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any, BinaryIO

PR_SET_PDEATHSIG = 1
LONGEST_MESSAGE = 200
NETWORK = frozenset(
    {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"}
)


def main() -> None:
    """Answer requests until the parent closes the pipe or ends."""
    incoming, outgoing = _take_pipes()
    hello = json.loads(incoming.readline())
    sys.path[:] = hello["path"]
    # Ctrl-C reaches both processes; the parent decides what becomes of the child
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with(hello["parent"])
    sys.addaudithook(_refuse_network)
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(incoming, requests), daemon=True).start()
    for module in hello["preload"]:
        # a module that cannot be imported is reported by the task that needs it
        with contextlib.suppress(Exception):
            importlib.import_module(module)
    while True:
        outgoing.write(_answer(requests.get(), frozenset(hello["tasks"])))
        outgoing.flush()


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the pipes for the protocol: what a library prints goes to stderr, in C too."""
    incoming = os.fdopen(os.dup(0), "rb")
    outgoing = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return incoming, outgoing


def _die_with(parent: int | None) -> None:
    """Ask Linux for a SIGKILL when the parent's thread ends, even while C code holds the GIL."""
    if parent is None or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


def _refuse_network(event: str, _: tuple[object, ...]) -> None:
    if event in NETWORK:
        raise PermissionError(f"{event}: a model opens no network connection")


def _listen(incoming: BinaryIO, requests: "queue.SimpleQueue[bytes]") -> None:
    for line in incoming:
        requests.put(line)
    # the parent closed the pipe or ended: stop at once, in the midst of work too
    os._exit(0)


def _answer(line: bytes, tasks: frozenset[str]) -> bytes:
    message = json.loads(line)
    begun = time.monotonic()
    try:
        reply = {"result": _run(message["task"], message["request"], tasks)}
        # NaN is no JSON: a task says what is missing instead of passing it on
        json.dumps(reply, allow_nan=False)
    except Exception as error:  # noqa: BLE001 (the boundary: the parent raises it again)
        reply = {"failed": _description(error)}
    reply["seconds"] = time.monotonic() - begun
    return json.dumps(reply, allow_nan=False, sort_keys=True).encode() + b"\n"


def _run(task: str, request: dict[str, Any], tasks: frozenset[str]) -> object:
    if task not in tasks:
        raise PermissionError("this task is not on the list the child was started with")
    module, _, function = task.partition(":")
    return getattr(importlib.import_module(module), function)(request)


def _description(error: Exception) -> dict[str, str]:
    """Return the error's type and message; of a library's message, not the data it quotes."""
    from audit_pipeline.models.base import ModelError  # noqa: PLC0415 (sys.path was set late)

    kind = type(error).__name__
    if isinstance(error, ModelError):
        return {"type": "ModelError", "message": str(error)}
    first_line = str(error).partition("\n")[0][:LONGEST_MESSAGE]
    masked = re.sub(r"'[^']*'?|\"[^\"]*\"?|`[^`]*`?|[-+]?\d[\w.+-]*", "…", first_line)
    place = traceback.extract_tb(error.__traceback__)[-1]
    return {"type": kind, "message": f"{masked} ({Path(place.filename).name}:{place.lineno})"}


if __name__ == "__main__":
    main()

"""Lines through a pipe with a deadline: neither end can make the other wait for ever."""

import os
import selectors
import time
from typing import IO


def send_line(pipe: IO[bytes], line: bytes, deadline: float) -> None:
    """Write `line` and its newline before `deadline`, in seconds of `time.monotonic`.

    Raises:
        TimeoutError: The other end did not read in time.
        OSError: The other end is gone.
    """
    os.set_blocking(pipe.fileno(), False)
    rest = line + b"\n"
    while rest:
        _wait(pipe, selectors.EVENT_WRITE, deadline)
        rest = rest[os.write(pipe.fileno(), rest) :]


def receive_line(pipe: IO[bytes], deadline: float) -> bytes:
    """Return the next line that arrives before `deadline`, in seconds of `time.monotonic`.

    Raises:
        TimeoutError: No whole line arrived in time.
        EOFError: The other end is gone.
    """
    received = bytearray()
    while not received.endswith(b"\n"):
        _wait(pipe, selectors.EVENT_READ, deadline)
        chunk = os.read(pipe.fileno(), 1 << 20)
        if not chunk:
            raise EOFError
        received += chunk
    return bytes(received)


def _wait(pipe: IO[bytes], event: int, deadline: float) -> None:
    left = deadline - time.monotonic()
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, event)
        if left <= 0 or not selector.select(left):
            raise TimeoutError

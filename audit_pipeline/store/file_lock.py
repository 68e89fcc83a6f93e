"""Keep other processes of this machine out of something, by a lock on a file."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Be the only one in the block who holds the lock at `path`; others wait for it.

    It ends with the process that holds it, however that ends.
    """
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def held_by_other(path: Path, note: str) -> str | None:
    """Take the lock at `path` and return None; or return the note of the process that holds it.

    It is held until this process ends, also across `exec`. Children do not inherit it.

    Raises:
        OSError: The file cannot be written.
    """
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with os.fdopen(lock) as held:
            return held.read() or "by a process that is just starting"
    os.truncate(lock, 0)
    os.write(lock, note.encode())
    fcntl.fcntl(lock, fcntl.F_SETFD, 0)  # what this process becomes holds it, too
    return None

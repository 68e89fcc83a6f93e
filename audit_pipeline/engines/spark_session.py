"""The one session of Spark that a process has: opened once, used again, ended with the process."""

import atexit
import contextlib
import threading
from dataclasses import dataclass
from typing import Any

from audit_pipeline.audits.engine import SparkEngine
from audit_pipeline.engines.base import EngineError

# ruff: noqa: PLC0415 (Spark is imported when it is used)

Session = Any  # of pyspark, which ships no types that fit both kinds
Key = tuple[str | None, str | None, tuple[tuple[str, str], ...]]


@dataclass
class _Open:
    key: Key
    session: Session
    users: int = 0


_lock = threading.RLock()
_open: dict[str, _Open] = {}
"""At most one, under the name `session`: a process can hold one Spark."""


@contextlib.contextmanager
def used_session(settings: SparkEngine) -> Any:  # noqa: ANN401 (an iterator of a session)
    """Hold the process's session with these settings; others end the one there is.

    Raises:
        EngineError: It cannot be had, or another audit of this process uses one elsewhere.
    """
    with _lock:
        opened = _opened(settings)
        opened.users += 1
    try:
        yield opened.session
    finally:
        with _lock:
            opened.users -= 1


def forget() -> None:
    """End the session that the process has, if any: the next user gets a new one."""
    from audit_pipeline.engines.spark_connect import disconnect
    from audit_pipeline.engines.spark_driver import end_driver

    with _lock:
        opened = _open.pop("session", None)
        if opened is not None:
            end = disconnect if opened.key[1] is not None else end_driver
            end(opened.session)


def is_alive(session: Session) -> bool:
    """Return whether a session still answers."""
    from audit_pipeline.engines.spark_connect import answers
    from audit_pipeline.engines.spark_driver import runs

    return answers(session) if "connect" in type(session).__module__ else runs(session)


def _opened(settings: SparkEngine) -> _Open:
    key = settings.master, settings.remote, tuple(sorted(settings.options.items()))
    there = _open.get("session")
    if there is not None and there.key != key and there.users:
        raise EngineError(
            "this process uses a Spark with other settings at this moment, and can hold one: run"
            " the audits one after the other"
        )
    if there is not None and there.key == key and (there.users or is_alive(there.session)):
        return there
    forget()
    opened = _open["session"] = _Open(key=key, session=_start(settings))
    return opened


def _start(settings: SparkEngine) -> Session:
    from audit_pipeline.engines.spark_connect import connect
    from audit_pipeline.engines.spark_driver import start_driver

    if settings.remote is not None:
        return connect(settings.remote, settings.options)
    return start_driver(settings.master or "local[*]", settings.options)


atexit.register(forget)

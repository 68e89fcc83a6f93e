"""Warm children for the whole process: their imports are paid once, while other work goes on."""

import atexit
import os
import threading
from dataclasses import dataclass

from audit_pipeline.models.child import TASKS, Child


@dataclass(frozen=True, slots=True)
class Role:
    """What a child is for: the modules it imports at once, and the only functions it runs."""

    preload: tuple[str, ...]
    tasks: frozenset[str]


MODEL = Role(("xgboost", "shap"), TASKS)
"""Loads, scores and explains models."""

_children: dict[tuple[int, Role], Child] = {}
"""By process id too: a process that was forked must not talk to the child of its parent."""
_lock = threading.Lock()


def warm_up(role: Role = MODEL) -> None:
    """Start the shared child, so that it is ready by the time it is called. Returns at once."""
    shared_child(role)


def shared_child(role: Role = MODEL) -> Child:
    """Return this process's child of a role, a new one if there is none or it has died.

    It is closed when the process exits.
    """
    with _lock:
        key = (os.getpid(), role)
        child = _children.get(key)
        if child is None or not child.alive:
            if child is not None:
                child.close()
            child = Child.start(role.preload, role.tasks)
            _children[key] = child
        return child


def close_shared_child() -> None:
    """End this process's children, if there are any."""
    with _lock:
        for key in [key for key in _children if key[0] == os.getpid()]:
            _children.pop(key).close()


atexit.register(close_shared_child)

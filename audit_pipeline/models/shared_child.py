"""One warm child for the whole process: its imports are paid once, while other work goes on."""

import atexit
import os
import threading

from audit_pipeline.models.child import Child

_children: dict[int, Child] = {}
"""By process id: a process that was forked must not talk to the child of its parent."""
_lock = threading.Lock()


def warm_up() -> None:
    """Start the shared child, so that it is ready by the time it is called. Returns at once."""
    shared_child()


def shared_child() -> Child:
    """Return this process's child, a new one if there is none or it has died.

    It is closed when the process exits.
    """
    with _lock:
        child = _children.get(os.getpid())
        if child is None or not child.alive:
            if child is not None:
                child.close()
            child = Child.start()
            _children[os.getpid()] = child
        return child


def close_shared_child() -> None:
    """End this process's child, if there is one."""
    with _lock:
        child = _children.pop(os.getpid(), None)
        if child is not None:
            child.close()


atexit.register(close_shared_child)

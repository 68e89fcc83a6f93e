"""Work that begins as soon as the snapshot is taken, in processes of ours, while others go on.

Rules and explanations need nothing but the snapshot. Their processes work on them while this one
counts, measures and keeps Dagster's books; the stage that owes them then takes what is there.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from audit_pipeline.models.child import waited_seconds
from audit_pipeline.stages.boundary import Stage
from audit_pipeline.stages.progress import tell
from audit_pipeline.stages.revision import Revision

T = TypeVar("T")
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Done:
    """What work done ahead came to, and the seconds it took without waiting for imports."""

    result: object
    error: Exception | None
    seconds: float


_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="ahead")
_begun: dict[Key, Future[Done]] = {}


def begin(asset: str, revision: Revision, work: Callable[[], object]) -> None:
    """Begin the work that `asset` will take for `revision`. What it raises is raised there."""

    def timed() -> Done:
        begun, waited = time.monotonic(), waited_seconds()
        result, error = None, None
        try:
            result = work()
        except Exception as raised:  # noqa: BLE001 (handed to the stage that owes the work)
            error = raised
        ended, waited = time.monotonic(), waited_seconds() - waited
        tell("worked", asset=asset, begun=begun + waited, ended=ended)
        return Done(result, error, ended - begun - waited)

    _begun[_key(asset, revision)] = _threads.submit(timed)


def take(stage: Stage, revision: Revision, work: Callable[[], T]) -> T:
    """Return what was begun for the stage, or do the work now if nothing was."""
    future = _begun.pop(_key(stage.asset, revision), None)
    if future is None:
        return work()
    begun = time.monotonic()
    done = future.result()
    stage.blocked += time.monotonic() - begun
    stage.elsewhere += done.seconds
    if done.error is not None:
        raise done.error
    return done.result  # type: ignore[return-value]  # of the same work


def _key(asset: str, revision: Revision) -> Key:
    return asset, str(revision.path)

"""Work that begins before its stage does, while this process keeps Dagster's books.

The first snapshot is read while Dagster starts. Rules and explanations need nothing but the
snapshot: their processes work on them while others are measured here. The stage that owes the work
then takes what is there.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from audit_pipeline.models.child import waited_seconds
from audit_pipeline.stages.boundary import Stage
from audit_pipeline.stages.progress import tell

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


def begin(
    asset: str, place: Path, work: Callable[[], object], prepare: Callable[[], object] = int
) -> None:
    """Begin the work that `asset` will take at `place`. What it raises is raised there.

    `prepare` goes first and is not counted as work: it imports what the work needs.
    """

    def timed() -> Done:
        prepare()
        begun, waited = time.monotonic(), waited_seconds()
        result, error = None, None
        try:
            result = work()
        except Exception as raised:  # noqa: BLE001 (handed to the stage that owes the work)
            error = raised
        ended, waited = time.monotonic(), waited_seconds() - waited
        tell("worked", asset=asset, begun=begun + waited, ended=ended)
        return Done(result, error, ended - begun - waited)

    _begun[asset, str(place)] = _threads.submit(timed)


def take(stage: Stage, place: Path, work: Callable[[], T]) -> T:
    """Return what was begun for the stage, or do the work now if nothing was."""
    future = _begun.pop((stage.asset, str(place)), None)
    if future is None:
        return work()
    begun = time.monotonic()
    done = future.result()
    stage.blocked += time.monotonic() - begun
    stage.elsewhere += done.seconds
    if done.error is not None:
        raise done.error
    return done.result  # type: ignore[return-value]  # of the same work

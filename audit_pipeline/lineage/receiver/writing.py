"""Write events one after the other, those that wait in one go: what a disk is slow at is to commit.

Each is answered after the commit that holds it. Thousands a minute are written so, on any disk.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from audit_pipeline.store.received import Heard, Kept, keep, keep_all

MOST_TOGETHER = 100

T = TypeVar("T")
Outcome = Kept | SQLAlchemyError


class Writer:
    """The one thread that reads events and writes them to the results store."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.thread = ThreadPoolExecutor(1, "lineage-receiver")
        self.waiting: list[tuple[Heard, asyncio.Future[Kept]]] = []
        self.writing: asyncio.Task[None] | None = None

    async def run(self, call: Callable[..., T], *args: object) -> T:
        """Return what a call returns in the thread, when its turn has come."""
        return await asyncio.get_running_loop().run_in_executor(self.thread, call, *args)

    async def keep(self, told: Heard) -> Kept:
        """Return what became of an event once that is committed.

        Raises:
            SQLAlchemyError: It could not be stored.
        """
        done: asyncio.Future[Kept] = asyncio.get_running_loop().create_future()
        self.waiting.append((told, done))
        if self.writing is None:
            self.writing = asyncio.create_task(self._write())
        return await done

    def close(self) -> None:
        """End the thread, after what it has begun."""
        self.thread.shutdown()

    async def _write(self) -> None:
        while self.waiting:
            batch = self.waiting[:MOST_TOGETHER]
            del self.waiting[:MOST_TOGETHER]
            outcomes = await self.run(self._commit, [told for told, _ in batch])
            for (_, done), outcome in zip(batch, outcomes, strict=True):
                if done.done():  # its sender hung up meanwhile
                    continue
                if isinstance(outcome, Kept):
                    done.set_result(outcome)
                else:
                    done.set_exception(outcome)
        self.writing = None

    def _commit(self, told: Sequence[Heard]) -> Sequence[Outcome]:
        try:
            return keep_all(self.engine, told)
        except SQLAlchemyError as error:
            return [self._alone(each) for each in told] if len(told) > 1 else [error]

    def _alone(self, told: Heard) -> Outcome:
        """Store an event by itself: one that no database takes is not to keep others out."""
        try:
            return keep(self.engine, told)
        except SQLAlchemyError as error:
            return error

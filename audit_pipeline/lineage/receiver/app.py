"""The receiver of OpenLineage events over HTTP, at the address where its clients send them.

`POST /api/v1/lineage` answers 201 once an event is committed, and never before: what was answered
so is not lost. It answers 400 with what is wrong, in words that quote no values.
"""

import asyncio
import contextlib
import hmac
import logging
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from audit_pipeline.lineage.receiver.checking import Sound, read_event
from audit_pipeline.lineage.receiver.reading import LARGEST, RefusedError, too_large
from audit_pipeline.lineage.receiver.telling import heard
from audit_pipeline.lineage.receiver.writing import Writer
from audit_pipeline.store.received import Counts, Heard, counts, sweep

PATH = "/api/v1/lineage"
LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")
SLOWEST = 30.0
"""Seconds within which a whole event must have come."""
DRAINED = 4 * LARGEST
"""Bytes of a too large event that are read, so that its sender gets to read the answer."""
MOST_AT_ONCE = 16 * LARGEST
"""Bytes of events that are held in memory at a time."""
SWEPT_EVERY = 3600.0
LOG = logging.getLogger(__name__)


class Receiver:
    """What the receiver does with each request; one event is stored after the other."""

    def __init__(self, engine: Engine, key: str | None, ready: Callable[[], None]) -> None:
        self.engine, self.key, self.ready = engine, key, ready
        self.held = 0
        self.writer = Writer(engine)

    async def receive(self, request: Request) -> Response:
        """Return 201 once the event is stored, or why it is not."""
        body = bytearray()
        try:
            self._admit(request)
            await self._read(request, body)
            encoding = request.headers.get("content-encoding", "").strip().lower()
            stored = await self._store(bytes(body), encoding)
        except RefusedError as error:
            return _refused(error)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        except SQLAlchemyError as error:
            return _refused(_not_stored(error))
        finally:
            self.held -= len(body)
        return JSONResponse(stored, HTTPStatus.CREATED)

    async def show(self, _: Request) -> Response:
        """Return a page that says whether events can be stored, and how many were."""
        try:
            return PlainTextResponse(_page(await self.writer.run(counts, self.engine)))
        except SQLAlchemyError as error:
            return _refused(_not_stored(error))

    @contextlib.asynccontextmanager
    async def sweeping(self, _: Starlette) -> AsyncIterator[None]:
        """Forget what is old every hour, as long as the receiver runs."""
        task = asyncio.create_task(self._sweep())
        self.ready()
        yield
        task.cancel()
        self.writer.close()

    def _admit(self, request: Request) -> None:
        """Refuse who may not send, and what is no JSON, before anything is read."""
        said = request.headers.get("authorization", "")
        if self.key and not hmac.compare_digest(said.encode(), f"Bearer {self.key}".encode()):
            raise RefusedError(
                401, "send the receiver's key: Authorization: Bearer <OPENLINEAGE_RECEIVER_KEY>"
            )
        kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind != "application/json" and not kind.endswith("+json"):  # a browser's form could not
            raise RefusedError(415, "send the event with Content-Type: application/json")

    async def _read(self, request: Request, body: bytearray) -> None:
        size = 0
        try:
            async with asyncio.timeout(SLOWEST):
                async for chunk in request.stream():
                    size += len(chunk)
                    if size <= LARGEST:
                        body += self._room(chunk)
                    if size > DRAINED:
                        break
        except TimeoutError:
            raise RefusedError(408, f"no whole event came within {SLOWEST:.0f} s") from None
        if size > LARGEST:
            too_large()

    def _room(self, chunk: bytes) -> bytes:
        if self.held + len(chunk) > MOST_AT_ONCE:
            raise RefusedError(503, "too many events at once: send it again in a moment")
        self.held += len(chunk)
        return chunk

    async def _store(self, body: bytes, encoding: str) -> dict[str, Any]:
        sound, told = await self.writer.run(_read, body, encoding)
        kept = await self.writer.keep(told)
        answer: dict[str, Any] = {"status": "stored" if kept.new else "known"}
        if kept.left_out:
            answer["left_out"] = f"{kept.left_out:,} pairs of tables: name their columns instead"
        return answer | {
            "ignored": [
                {"facet": each.facet, "where": each.where, "why": list(each.why)}
                for each in sound.ignored
            ]
        }

    async def _sweep(self) -> None:
        while True:
            try:
                await self.writer.run(sweep, self.engine)
            except SQLAlchemyError as error:  # the next time will do
                LOG.warning("old events were not swept: %s", _not_stored(error).why)
            await asyncio.sleep(SWEPT_EVERY)


def receiver(
    engine: Engine, key: str | None, ready: Callable[[], None], *, local: bool
) -> Starlette:
    """Return the web application that stores events by an engine of the results store.

    `key` is what senders must know, None lets in whoever reaches it; `ready` is called when events
    can come. With `local` and no key, only those who call this machine by its own name are let in:
    no page in somebody's browser is.
    """
    at = Receiver(engine, key, ready)
    guarded = local and not key
    return Starlette(
        routes=[Route(PATH, at.receive, methods=["POST"]), Route("/", at.show)],
        middleware=[Middleware(TrustedHostMiddleware, LOOPBACK)] if guarded else [],
        lifespan=at.sweeping,
    )


def _read(body: bytes, encoding: str) -> tuple[Sound, Heard]:
    sound = read_event(body, encoding)
    return sound, heard(sound)


def _page(known: Counts) -> str:
    last = known.last.isoformat(timespec="seconds") if known.last else "none yet"
    return (
        f"Audit Pipeline receives lineage here: POST {PATH}\n"
        f"events kept: {known.events}\nedges known: {known.edges}\nlast event: {last}\n"
    )


def _not_stored(error: SQLAlchemyError) -> RefusedError:
    said = str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()[0]
    return RefusedError(503, f"the results store cannot be used now, send it again: {said}")


def _refused(error: RefusedError) -> Response:
    content: dict[str, Any] = {"error": error.why}
    if error.wrong:
        content["wrong"] = list(error.wrong)
    headers = {
        401: {"WWW-Authenticate": "Bearer"},
        408: {"Connection": "close"},
        503: {"Retry-After": "5"},
    }
    return JSONResponse(content, error.status, headers.get(error.status))

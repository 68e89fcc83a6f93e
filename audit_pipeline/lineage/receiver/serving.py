"""Run the receiver until it is told to end: on this machine only, unless a host is named."""

import asyncio
import ipaddress
import signal
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from sqlalchemy import Engine
from uvicorn.protocols.http.h11_impl import H11Protocol

from audit_pipeline.lineage.receiver import app

CONNECTIONS = 500
"""So many senders at a time; the next one is told to come back."""
GRACE = 10
"""Seconds that requests under way have to end."""


class Impatient(H11Protocol):
    """HTTP that hangs up on who begins a request and does not end its head.

    uvicorn itself waits for ever: a few hundred such senders would keep all others out.
    """

    _hang_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 (asyncio's)
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what came; go on to wait if that is not a whole head yet."""
        super().data_received(data)
        if self._is_answering():
            self._stop()
        elif self._hang_up is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop to wait."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._hang_up = self.loop.call_later(app.SLOWEST, self._give_up)

    def _stop(self) -> None:
        if self._hang_up is not None:
            self._hang_up.cancel()
            self._hang_up = None

    def _give_up(self) -> None:
        self._hang_up = None
        if not self._is_answering():
            self.transport.close()

    def _is_answering(self) -> bool:
        cycle: Any = self.cycle  # None before the first request, whatever its type says
        return cycle is not None and not cycle.response_complete


def is_local(host: str) -> bool:
    """Return whether a host is this machine by itself, which no other machine reaches."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def serve(
    engine: Engine, host: str, port: int, key: str | None, ready: Callable[[str], None]
) -> None:
    """Receive events until SIGINT (Ctrl-C) or SIGTERM; `ready` is told the address.

    Port 0 takes a free one.

    Raises:
        OSError: Nothing can listen there: the port is taken, or the host is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=CONNECTIONS) as listening:
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{listening.getsockname()[1]}{app.PATH}"
        application = app.receiver(engine, key, lambda: ready(address), local=is_local(host))
        server = uvicorn.Server(
            uvicorn.Config(
                application,
                http=Impatient,
                ws="none",
                log_level="warning",
                access_log=False,
                server_header=False,
                limit_concurrency=CONNECTIONS,
                timeout_graceful_shutdown=GRACE,
            )
        )
        # uvicorn ends by them, and raises them again then, when there is nothing more to end
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: setattr(server, "should_exit", True))
        server.run(sockets=[listening])

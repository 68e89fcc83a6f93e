"""Real services on loopback that take messages: mail and HTTP, well, badly or not at all."""

import contextlib
import email
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler
from typing import Any

from aiosmtpd.controller import Controller

from audit_pipeline_tests.servers import Quiet, free_port, serving


@dataclass
class Web:
    """An endpoint for Apprise's `json://`; `status` may be changed while it runs."""

    status: int | Callable[[dict[str, Any]], int] = 200
    got: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    asked: int = 0
    port: int = 0
    drips: int = 0
    """Seconds that an answer takes, a byte each."""
    hangs: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"json://user:geheim-secret@127.0.0.1:{self.port}/hook/t0ken-in-path"

    @property
    def titles(self) -> list[str]:
        return [each["title"] for each in self.got]

    def take(self, said: dict[str, Any]) -> int:
        with self.lock:
            self.asked += 1
            status = self.status if isinstance(self.status, int) else self.status(said)
            if status == 200:
                self.got.append(said)
            return status


@contextlib.contextmanager
def web(status: int | Callable[[dict[str, Any]], int] = 200) -> Iterator[Web]:
    """Run an endpoint; where `hangs` is set, it takes a message and never answers."""
    state = Web(status)

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if state.hangs.is_set():
                state.asked += 1
                with contextlib.suppress(OSError):
                    self.connection.settimeout(30)
                    self.connection.recv(1)
                return
            status = state.take(said)
            with contextlib.suppress(OSError):
                self.send_response(status)
                self.send_header("Content-Length", str(state.drips))
                self.end_headers()
                for _ in range(state.drips):
                    time.sleep(1)
                    self.wfile.write(b".")

    with serving(Handler) as state.port:
        yield state


@dataclass
class Mail:
    """A mail server, and what it has taken."""

    port: int
    got: list[EmailMessage] = field(default_factory=list[EmailMessage])
    refused: set[str] = field(default_factory=set[str])
    """Recipients that the server does not know."""

    @property
    def url(self) -> str:
        return f"mailto://127.0.0.1:{self.port}?from=audits@example.org&to=lending@example.org"

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's)
        self,
        _: object,
        __: object,
        envelope: Any,  # noqa: ANN401 (aiosmtpd's)
        address: str,
        ___: object,
    ) -> str:
        if address in self.refused:
            return f"550 5.1.1 {address} is unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: object, __: object, envelope: Any) -> str:  # noqa: ANN401, N802 (aiosmtpd's)
        said = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(said, EmailMessage)
        self.got.append(said)
        return "250 OK"


@contextlib.contextmanager
def mail() -> Iterator[Mail]:
    """Run a real mail server."""
    state = Mail(free_port())
    server = Controller(state, hostname="127.0.0.1", port=state.port)
    server.start()
    try:
        yield state
    finally:
        server.stop()


def html_of(message: EmailMessage) -> str:
    """Return the page of a mail."""
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())

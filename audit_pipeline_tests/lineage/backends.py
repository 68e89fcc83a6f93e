"""Real backends on loopback, that behave as backends do: well, badly, or not at all."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from audit_pipeline_tests.servers import Quiet, serving


@dataclass(frozen=True)
class Got:
    """A request whose event was accepted."""

    key: str
    event: dict[str, Any]
    headers: dict[str, str]
    raw: bytes

    @property
    def stream(self) -> str:
        return str(self.event["stream"])


Request = BaseHTTPRequestHandler
Manner = Callable[[Request, bytes], None]
"""How a backend answers a request whose body it has read."""


@dataclass
class Backend:
    """A server, and what it has accepted; `manner` may be changed while it runs."""

    manner: Manner
    got: list[Got] = field(default_factory=list[Got])
    asked: int = 0
    connections: int = 0
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def accept(self, request: Request, body: bytes, status: int = 201) -> None:
        """Take an event, and say so."""
        self.take(request, body)
        request.send_response(status)
        request.send_header("Content-Length", "0")
        request.end_headers()

    def take(self, request: Request, body: bytes) -> None:
        """Take an event, and say nothing."""
        raw, headers = body, dict(request.headers)
        if headers.get("Content-Encoding") == "gzip":
            import gzip  # noqa: PLC0415

            body = gzip.decompress(body)
        with self.lock:
            self.got.append(Got(headers["Idempotency-Key"], json.loads(body), headers, raw))

    def keys(self) -> list[str]:
        """Return the keys of what was accepted, in that order, each once."""
        return list(dict.fromkeys(got.key for got in self.got))


def accepting(backend: "Backend") -> Manner:
    """Take everything."""
    return backend.accept


def answer(status: int, said: str = "", **headers: str) -> Manner:
    """Answer always the same, and take nothing."""

    def manner(request: Request, _: bytes) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(said)))
        request.end_headers()
        request.wfile.write(said.encode())

    return manner


def drop(request: Request, _: bytes) -> None:
    """Hang up without a word."""
    request.close_connection = True
    with contextlib.suppress(OSError):
        request.connection.shutdown(socket.SHUT_RDWR)


def hang(request: Request, _: bytes) -> None:
    """Say nothing, for as long as anybody waits."""
    request.close_connection = True
    with contextlib.suppress(OSError):
        request.connection.settimeout(30)
        request.connection.recv(1)


def trickle(request: Request, _: bytes) -> None:
    """Answer a header's letter at a time, for ever."""
    request.close_connection = True
    with contextlib.suppress(OSError):
        request.wfile.write(b"HTTP/1.1 201 Created\r\nX-Slow: ")
        for _letter in range(600):
            request.wfile.write(b"a")
            time.sleep(0.05)


@contextlib.contextmanager
def backend(
    manner: Manner | None = None, tls: Path | None = None, port: int = 0
) -> Iterator[Backend]:
    """Run a backend that takes everything, or behaves as told; `tls` holds certificate and key."""
    state = Backend(manner or drop)
    if manner is None:
        state.manner = state.accept

    class Handler(Quiet, BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            state.connections += 1
            super().setup()

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            state.asked += 1
            if len(body) == length:  # else whoever sent it was killed
                state.manner(self, body)

    scheme = "http" if tls is None else "https"
    with serving(Handler, port, tls) as taken:
        state.url = f"{scheme}://127.0.0.1:{taken}"
        yield state

"""One POST after the other over one connection, each ended in time, whatever the server does.

The timeout of any client is for each piece of an answer, so a server that sends a byte now and then
would hold us for ever. Here every piece is counted against the whole. It stands on the standard
library: no proxy is asked, no redirect followed, and trusted is whom this machine trusts.
"""

import contextlib
import http.client
import io
import select
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

PIECE = 1 << 16
LITTLE = 1 << 16
"""Bytes of an answer that are read at most; more of it, and the connection is closed instead."""
FIRST_WORDS = 8000
"""Bytes of an answer of which the beginning is told: a key that is masked in it is whole there."""
FINAL = 200
"""The first status that ends an answer; below it stands what is told before."""
PATIENCE = 1.0
"""Seconds for the rest of an answer whose status is known."""
DROPPED = (ConnectionResetError, BrokenPipeError, ConnectionAbortedError)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a server answered: the status, some headers, the beginning of its words, some 8,000."""

    status: int
    location: str
    retry_after: str
    said: str


class Poster:
    """A connection that posts to one address; it is opened when needed and kept between two."""

    def __init__(self, url: str, timeout: float, context: ssl.SSLContext | None) -> None:
        parts = urlsplit(url)
        usual = 80 if context is None else 443  # left out, the 1 of ::1 would be taken for it
        self.host, self.port, self.path = str(parts.hostname), parts.port or usual, parts.path
        self.timeout, self.context = timeout, context
        self.connection: http.client.HTTPConnection | None = None

    def post(self, body: bytes, headers: Mapping[str, str], end: float) -> Answered:
        """Return the server's answer, by `end` of `time.monotonic` at the latest.

        Raises:
            OSError, http.client.HTTPException: There was none.
        """
        if self.connection is not None and _is_spoken_to(self.connection):
            self.close()
        was_open = self.connection is not None
        try:
            return self._post(body, headers, end)
        except DROPPED:
            if not was_open:
                raise
        return self._post(body, headers, end)  # it was closed while nobody used it

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _post(self, body: bytes, headers: Mapping[str, str], end: float) -> Answered:
        try:
            connection = self.connection = self.connection or self._opened(end)
            self._send(connection, body, headers, end)
            return self._answer(connection, end)
        except BaseException:
            self.close()
            raise

    def _send(
        self,
        connection: http.client.HTTPConnection,
        body: bytes,
        headers: Mapping[str, str],
        end: float,
    ) -> None:
        pieces = self._pieces(connection, body, end)
        length = {"Content-Length": str(len(body))}
        # one that hangs up meanwhile may have said why: its answer is read all the same
        with contextlib.suppress(*DROPPED):
            connection.request("POST", self.path or "/", pieces, {**headers, **length})

    def _opened(self, end: float) -> http.client.HTTPConnection:
        left = min(self.timeout, _left(end))
        if self.context is None:
            connection = http.client.HTTPConnection(self.host, self.port, timeout=left)
        else:
            connection = http.client.HTTPSConnection(
                self.host, self.port, timeout=left, context=self.context
            )
        connection.connect()
        return connection

    def _pieces(
        self, connection: http.client.HTTPConnection, body: bytes, end: float
    ) -> Iterator[bytes]:
        for at in range(0, len(body), PIECE):
            assert connection.sock is not None  # noqa: S101 (for the types: it is connected)
            connection.sock.settimeout(min(self.timeout, _left(end)))
            yield body[at : at + PIECE]

    def _answer(self, connection: http.client.HTTPConnection, end: float) -> Answered:
        source = _InTime(connection.sock, self.timeout, end)

        def timed(_: Any, **more: Any) -> http.client.HTTPResponse:  # noqa: ANN401 (http.client's)
            return _Response(source, **more)  # type: ignore[arg-type]  # asked for makefile only

        connection.response_class = timed  # type: ignore[assignment]
        response = connection.getresponse()
        source.end = min(end, time.monotonic() + PATIENCE)
        said, is_whole = _beginning(response)
        if not is_whole or response.status < FINAL:
            self.close()
        header = response.headers.get
        return Answered(response.status, header("Location", ""), header("Retry-After", ""), said)


def _is_spoken_to(connection: http.client.HTTPConnection) -> bool:
    """Return whether a server says something that nobody asked: taken for the next answer, it lies.

    Or whether it hung up.
    """
    asked = select.poll()
    asked.register(connection.sock, select.POLLIN)
    return bool(asked.poll(0))


class _Response(http.client.HTTPResponse):
    """An answer; what a server tells before it (`103 Early Hints`) is passed over."""

    def begin(self) -> None:
        super().begin()
        while HTTPStatus.SWITCHING_PROTOCOLS < self.status < FINAL:
            self.headers = self.msg = None  # type: ignore[assignment]  # as if nothing was read
            super().begin()


def _beginning(response: http.client.HTTPResponse) -> tuple[str, bool]:
    """Return the beginning of an answer, and whether it was all."""
    read, is_whole = b"", False
    try:
        while len(read) < LITTLE and not is_whole:
            piece = response.read1(PIECE)
            read, is_whole = read + piece, not piece
    except (OSError, http.client.HTTPException):
        pass  # the status says enough
    response.close()
    words = " ".join(read[:FIRST_WORDS].decode("utf-8", "replace").split())
    return "".join(c for c in words if c.isprintable()), is_whole


class _InTime:
    """A socket as a response reads it, whose every read is over by the end of all."""

    def __init__(self, sock: socket.socket, timeout: float, end: float) -> None:
        self.sock, self.timeout, self.end = sock, timeout, end

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what reads from the socket."""
        return io.BufferedReader(_Reader(self))


class _Reader(io.RawIOBase):
    def __init__(self, source: _InTime) -> None:
        self.source = source
        self.raw = source.sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 (any buffer)
        self.source.sock.settimeout(min(self.source.timeout, _left(self.source.end)))
        return self.raw.readinto(buffer)

    def close(self) -> None:
        self.raw.close()
        super().close()


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left

"""Real HTTP servers on loopback: begun by the test that needs one, and ended by it."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Quiet:
    """What a test's own handler of requests is first of all: it logs none of them."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is no error of the test."""


@contextlib.contextmanager
def serving(
    handler: type[BaseHTTPRequestHandler], port: int = 0, tls: Path | None = None
) -> Iterator[int]:
    """Serve within the block, in threads of this process; yield the port.

    Port 0 takes a free one; `tls` holds certificate and key.
    """
    server = _Server(("127.0.0.1", port), handler)
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls)
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
    )
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

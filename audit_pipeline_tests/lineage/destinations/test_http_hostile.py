"""Backends that answer what no backend should: nothing is lost, nothing told that must not be."""

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator, Sequence

import pytest

from audit_pipeline.audits.destination import HttpTransport
from audit_pipeline.lineage.destinations.base import Unreachable
from audit_pipeline.lineage.destinations.http import Http
from audit_pipeline.lineage.destinations.post import Poster
from audit_pipeline_tests.lineage.backends import answer, backend
from audit_pipeline_tests.lineage.destinations.test_http import deliver, said
from audit_pipeline_tests.lineage.queued import event

TAKEN = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
FAILED = b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"


def _serve(connection: socket.socket, answers: list[Sequence[bytes]]) -> None:
    with contextlib.suppress(OSError), connection, connection.makefile("rb") as requests:
        while answers and requests.readline():
            head = http.client.parse_headers(requests)
            requests.read(int(head["Content-Length"]))
            for piece in answers.pop(0):
                connection.sendall(piece)
                time.sleep(0.02)


@contextlib.contextmanager
def raw(*answers: Sequence[bytes], host: str = "127.0.0.1") -> Iterator[str]:
    """Answer each request by some bytes, written one after the other; yield the address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    left = list(answers)
    with socket.create_server((host, 0), family=family) as listening:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    threading.Thread(target=_serve, args=(connection, left), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        shown = f"[{host}]" if ":" in host else host
        yield f"http://{shown}:{listening.getsockname()[1]}"


def test_what_is_told_before_the_answer_is_passed_over() -> None:
    with raw((HINTS, HINTS, TAKEN)) as url:
        assert deliver(url) == {1: None}


def test_an_answer_that_was_told_before_is_not_taken_for_that_of_the_next_event() -> None:
    with raw((TAKEN, TAKEN), (FAILED,)) as url:
        marquez = Http(HttpTransport(url=url, timeout=1), None)
        first = marquez.posters[0].post(b"{}", {}, time.monotonic() + 5)
        time.sleep(0.1)
        second = marquez.posters[0].post(b"{}", {}, time.monotonic() + 5)
        marquez.close()

    assert (first.status, second.status) == (201, 500)


@pytest.mark.parametrize(
    "piece",
    [HINTS, b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 201 Created\r\n" + b"a: b\r\n" * 50],
)
def test_an_answer_that_never_begins_is_left_in_time(piece: bytes) -> None:
    begun = time.monotonic()
    with raw([piece] * 1000) as url:
        assert said(deliver(url))
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize(
    "answered",
    [
        b"\x00\xff garbage without a head\r\n\r\n",
        b"<html>HTTP 0.9</html>",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://a:b/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 503 Busy\r\nRetry-After: \xb2\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 503 Busy\r\nRetry-After: Mon, 01 Jan 9999 99:99:99 +9999\r\n\r\n",
        b"HTTP/1.1 503 Busy\r\nRetry-After: " + b"9" * 400 + b"\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 -1 Odd\r\nContent-Length: x\r\n\r\n",
    ],
)
def test_whatever_is_answered_the_event_waits_and_why_is_told(answered: bytes) -> None:
    with raw((answered,), (answered,)) as url:
        assert said(deliver(url)).isprintable()


def test_where_a_redirect_points_to_steers_no_terminal() -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: /\x1b[2Jgeheim\r\nContent-Length: 0\r\n\r\n"
    with raw((head,)) as url:
        why = said(deliver(url, key="geheim"))
    assert "points to /[2J…;" in why


def test_of_a_key_that_the_backend_repeats_no_part_is_told() -> None:
    key = "k" * 100
    with backend(answer(500, "x" * 150 + key)) as marquez:
        assert "k" not in said(deliver(marquez.url, key=key)).partition("500")[2]


def test_a_backend_by_its_address_of_ipv6() -> None:
    with raw((TAKEN,), host="::1") as url:
        assert deliver(f"{url}/lineage/of/ours") == {1: None}
    unnamed = Poster("http://[::1]/api", 1, None)
    assert (unnamed.host, unnamed.port) == ("::1", 80)


def test_https_is_https_however_it_is_written() -> None:
    answers = deliver("HTTPS://127.0.0.1:1", [event("a", 0)], key="geheim")
    assert isinstance(answers[1], Unreachable)
    assert Http(HttpTransport(url="HTTPS://127.0.0.1:1"), None).context is not None

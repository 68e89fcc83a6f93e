"""Who sends slowly, or nothing, is hung up on, and keeps nobody else out."""

import signal
import socket
import time
from collections.abc import Iterator

import pytest

from audit_pipeline.lineage.receiver.app import PATH
from audit_pipeline_tests.lineage.receiver.others import event
from audit_pipeline_tests.lineage.receiver.running import Nursery, Running

PATIENCE = 0.6
HEAD = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def impatient(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A receiver that waits for a moment where others wait for thirty."""
    running = nursery.start(tmp_path_factory.mktemp("slow"), seconds=PATIENCE)
    yield running
    running.kill(signal.SIGTERM)


@pytest.mark.parametrize(
    ("begun", "answer"),
    [
        pytest.param("", b"", id="nothing"),
        pytest.param(HEAD, b"", id="half a head"),
        pytest.param(f"{HEAD}Content-Length: 99\r\n\r\n{{", b"HTTP/1.1 408", id="half a body"),
    ],
)
def test_who_does_not_end_what_he_began_is_hung_up_on(
    impatient: Running, begun: str, answer: bytes
) -> None:
    before = time.monotonic()
    with socket.create_connection(impatient.address, timeout=30) as waiting:
        waiting.sendall(begun.encode())
        assert impatient.post(event(job=begun[-9:]))[0] == 201
        said = b""
        while got := waiting.recv(4096):
            said += got

    assert said.startswith(answer)
    assert bool(said) == bool(answer)
    assert time.monotonic() - before >= PATIENCE / 2


def test_drops_that_never_end_do_not_keep_a_connection_open(impatient: Running) -> None:
    with socket.create_connection(impatient.address, timeout=30) as waiting, pytest.raises(OSError):  # noqa: PT011 (a broken pipe, or a reset)
        drip(waiting)


def drip(into: socket.socket) -> None:
    for _ in range(200):
        into.sendall(b"X")
        time.sleep(PATIENCE / 10)

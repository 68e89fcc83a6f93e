"""Lines through real pipes, with deadlines."""

import os
import time
from collections.abc import Iterator
from typing import IO

import pytest

from audit_pipeline.models.pipe import receive_line, send_line

Pipe = tuple[IO[bytes], IO[bytes]]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", 0) as reader, os.fdopen(writing, "wb", 0) as writer:
        yield reader, writer


def soon() -> float:
    return time.monotonic() + 0.1


def test_a_line_that_is_sent_is_received(pipe: Pipe) -> None:
    reader, writer = pipe
    send_line(writer, b"hello", soon())
    assert receive_line(reader, soon()) == b"hello\n"


def test_half_a_line_is_not_a_line(pipe: Pipe) -> None:
    reader, writer = pipe
    writer.write(b"hel")
    with pytest.raises(TimeoutError):
        receive_line(reader, soon())


def test_a_reader_that_does_not_read_cannot_hold_the_writer(pipe: Pipe) -> None:
    _, writer = pipe
    with pytest.raises(TimeoutError):
        send_line(writer, b"x" * 3_000_000, soon())


def test_an_end_that_is_gone_is_noticed_by_the_other(pipe: Pipe) -> None:
    reader, writer = pipe
    writer.close()
    with pytest.raises(EOFError):
        receive_line(reader, soon())


def test_a_reader_that_is_gone_is_noticed_by_the_writer(pipe: Pipe) -> None:
    reader, writer = pipe
    reader.close()
    with pytest.raises(BrokenPipeError):
        send_line(writer, b"hello", soon())

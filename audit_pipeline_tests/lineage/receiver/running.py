"""A real receiver in a process of its own, and real HTTP to it."""

import http.client
import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from audit_pipeline_tests.cli.commands import start

JSON = {"Content-Type": "application/json"}


@dataclass
class Running:
    """A receiver that listens, and the home it stores in."""

    pid: int
    url: str
    home: Path

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        return str(parts.hostname), int(parts.port or 0)

    def post(
        self, body: object, headers: Mapping[str, str] = JSON, *, method: str = "POST"
    ) -> tuple[int, Any]:
        """Send an event, or bytes as they are; return status and answer."""
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        return ask(self.address, method, urlsplit(self.url).path, sent, headers)

    def page(self) -> str:
        return str(ask(self.address, "GET", "/", b"", {})[1])

    def kill(self, number: int = signal.SIGKILL) -> None:
        os.kill(self.pid, number)


@dataclass
class Nursery:
    """A process that starts receivers quickly; see `nursery.py`."""

    process: "subprocess.Popen[str]"
    started: list[int] = field(default_factory=list[int])

    def start(self, home: Path, **said: object) -> Running:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"home": str(home), **said}) + "\n")
        self.process.stdin.flush()
        pid, url = self.process.stdout.readline().split()
        self.started.append(int(pid))
        return Running(int(pid), url, home)


def ask(
    address: tuple[str, int], method: str, path: str, body: bytes, headers: Mapping[str, str]
) -> tuple[int, Any]:
    connection = http.client.HTTPConnection(*address, timeout=60)
    try:
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        said = answer.read()
        is_json = answer.getheader("content-type") == "application/json"
        return answer.status, json.loads(said) if is_json else said.decode()
    finally:
        connection.close()


@contextmanager
def command_that_receives(home: Path, *arguments: str) -> "Iterator[subprocess.Popen[str]]":
    """Start `audit-pipeline lineage serve` on a free port, and wait until it listens."""
    process = start(home, "lineage", "serve", "--port", "0", *arguments)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()

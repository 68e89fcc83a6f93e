from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from audit_pipeline.profiles.engine import IbisBackend, open_duckdb
from audit_pipeline.sources.storage import Storage, open_storage
from audit_pipeline_tests import servers

Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[IbisBackend]:
    """A DuckDB as a run opens it."""
    opened = open_duckdb(tmp_path / "spill")
    yield opened
    opened.disconnect()


@pytest.fixture(scope="session")
def s3_address() -> Iterator[str]:
    """A server on loopback that speaks S3."""
    # imported here, so that only who asks for a store pays
    from moto.moto_server.threaded_moto_server import ThreadedMotoServer  # noqa: PLC0415

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@dataclass
class Bucket:
    """An empty bucket of the store, and how an audit file reaches it."""

    name: str
    storage: Storage

    @cached_property
    def files(self) -> Any:  # noqa: ANN401 (fsspec ships no types)
        return open_storage(f"s3://{self.name}/", self.storage)

    def put(self, path: str, content: bytes) -> None:
        self.files.pipe(f"{self.name}/{path}", content)


@pytest.fixture
def bucket(s3_address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Bucket:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": "never-told",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
    }.items():
        monkeypatch.setenv(name, value)
    made = Bucket(tmp_path.name.replace("_", "-")[:60].strip("-"), Storage(endpoint_url=s3_address))
    made.files.mkdir(made.name)
    return made


@dataclass
class Api:
    """A real HTTP server on loopback that gives the answers a test says."""

    address: str
    answer: Callable[[str, dict[str, str]], Answer | None]
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def serving(answer: Callable[[str, dict[str, str]], Answer | None]) -> Iterator[Api]:
    """Serve answers by path; None drops the connection."""

    class Handler(servers.Quiet, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            api.asked.append(self.path)
            api.headers.append(dict(self.headers))
            found = api.answer(self.path, dict(self.headers))
            if found is None:
                self.connection.close()
                return
            status, headers, body = found
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    with servers.serving(Handler) as port:
        api = Api(f"http://127.0.0.1:{port}", answer)
        yield api

"""What lineage costs an audit: without it, with it, and while its backend hangs."""

import os
import socket
import statistics
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq

from audit_pipeline_tests.benchmarks.audits import NAME
from audit_pipeline_tests.benchmarks.children import ROOT
from audit_pipeline_tests.benchmarks.runs import COMMAND, run_audit, write_home
from audit_pipeline_tests.benchmarks.wide import wide_rows, wide_settings
from audit_pipeline_tests.benchmarks.windows import SIDES

WAYS = ("off", "on", "hanging")


def with_lineage(columns: int, rows: int, times: int) -> dict[str, Any]:
    """Return how long audits of the same window take each way, taken in turn."""
    seconds: dict[str, list[float]] = {way: [] for way in WAYS}
    with TemporaryDirectory() as place, hanging_backend() as backend:
        folder = Path(place)
        for side in SIDES:
            pq.write_table(wide_rows(side, columns, rows), folder / f"{side}.parquet")
        home = write_home(folder, wide_settings(folder, columns))
        run_audit(home, NAME, SIDES["current"])  # the baseline is made, all is warm
        for _ in range(times):
            for way in WAYS:
                with surroundings(way, backend, home):
                    run = run_audit(home, NAME, SIDES["current"], "--again")
                seconds[way].append(run.seconds)
    median = {way: statistics.median(taken) for way, taken in seconds.items()}
    return {
        "columns": columns,
        "rows": rows,
        "times": times,
        "seconds": {way: round(taken, 2) for way, taken in median.items()},
        "added_seconds": round(median["on"] - median["off"], 2),
        "added_share": round(median["on"] / median["off"] - 1, 4),
        "added_while_hanging_seconds": round(median["hanging"] - median["off"], 2),
    }


@contextmanager
def surroundings(way: str, backend: "Backend", home: Path) -> Iterator[None]:
    """Set the environment of one way; while the backend hangs, somebody is at delivering."""
    told = {"off": {"OPENLINEAGE_DISABLED": "true"}, "hanging": {"OPENLINEAGE_URL": backend.url}}
    before = dict(os.environ)
    os.environ.update(told.get(way, {}))
    try:
        if way == "hanging":
            backend.reached.clear()
            with shipping(home):
                backend.reached.wait(60)  # it has started, which is not the audit's to pay
                yield
        else:
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def shipping(home: Path) -> Iterator[None]:
    """Let a process try to deliver what waits."""
    command = [*COMMAND, "lineage", "ship", "--seconds", "600", "--home", str(home)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield
        finally:
            process.terminate()


@dataclass(frozen=True)
class Backend:
    """A server that takes every connection and never answers; `reached` is set by each."""

    url: str
    reached: threading.Event


@contextmanager
def hanging_backend() -> Iterator[Backend]:
    """Give a backend that hangs, on loopback."""
    held: list[socket.socket] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        backend = Backend(f"http://127.0.0.1:{server.getsockname()[1]}", threading.Event())

        def accept() -> None:
            while True:
                try:
                    held.append(server.accept()[0])
                except OSError:
                    return
                backend.reached.set()

        threading.Thread(target=accept, daemon=True).start()
        yield backend
    for connection in held:
        connection.close()

"""Twelve times kill -9 while events are shipped: nothing is lost, broken or mixed up."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from audit_pipeline.store.outbox import LINEAGE, tally
from audit_pipeline.store.store import Store
from audit_pipeline_tests.lineage.backends import Request, backend
from audit_pipeline_tests.lineage.killable_shipper import PATIENCE
from audit_pipeline_tests.lineage.queued import order_broken, queue_streams

ROOT = Path(__file__).parents[2]
KILLS, STREAMS, PLACES = 12, 60, 30


def test_nothing_is_lost_when_shippers_are_killed(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/results.db")
    queue_streams(store, STREAMS, PLACES)
    draw = random.Random(1)  # noqa: S311 (chance, not secrets)
    with backend() as marquez:

        def manner(request: Request, body: bytes) -> None:
            time.sleep(0.002)
            marquez.accept(request, body)

        marquez.manner = manner
        (tmp_path / "openlineage.yml").write_text(
            f"transport: {{type: http, url: '{marquez.url}'}}"
        )
        with started(tmp_path) as forking:
            killed_at = []
            for _ in range(KILLS):
                pid, before = fork(forking), len(marquez.got)
                while len(marquez.got) == before:  # until the dead one's lease is over
                    time.sleep(0.005)
                time.sleep(draw.uniform(0, 0.1))
                os.kill(pid, signal.SIGKILL)
                killed_at.append(len(marquez.got))
            fork(forking)
            deadline = time.monotonic() + 30
            while tally(store.engine, LINEAGE).waiting and time.monotonic() < deadline:
                time.sleep(0.02)
            assert forking.stdin is not None
            forking.stdin.close()
    state = tally(store.engine, LINEAGE)
    store.close()

    assert killed_at == sorted(set(killed_at))
    assert (state.delivered, state.waiting, state.set_aside) == (STREAMS * PLACES, 0, 0)
    assert len(marquez.keys()) == STREAMS * PLACES
    assert 0 < len(marquez.got) - STREAMS * PLACES <= KILLS * PATIENCE.batch
    assert order_broken([got.event for got in marquez.got]) == []


def started(home: Path) -> "subprocess.Popen[str]":
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "audit_pipeline_tests.lineage.killable_shipper",
    ]
    environment = {name: value for name, value in os.environ.items() if "STORE_URL" not in name}
    return subprocess.Popen(
        [*command, str(home)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def fork(forking: "subprocess.Popen[str]") -> int:
    assert forking.stdin is not None
    assert forking.stdout is not None
    forking.stdin.write("ship\n")
    forking.stdin.flush()
    return int(forking.stdout.readline())

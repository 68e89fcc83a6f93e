"""What was answered with 201 is there, whenever the receiver is killed."""

import hashlib
import random
import threading
import time
from http.client import HTTPException
from pathlib import Path

from sqlalchemy import select, text

from audit_pipeline.lineage.receiver.reading import canonical
from audit_pipeline.store.lineage_tables import edges, received
from audit_pipeline.store.store import Store
from audit_pipeline_tests.lineage.receiver.others import Event, column, columns, event, table
from audit_pipeline_tests.lineage.receiver.running import Nursery, Running

KILLS = 12


def number(n: int) -> Event:
    lineage = columns(a=[column("file", f"/in/{n}", "b")])
    return event(job=f"job {n}", outputs=[table("file", f"/out/{n}", columnLineage=lineage)])


def send_until_dead(to: Running, begin: int, stored: list[int]) -> None:
    for n in range(begin, begin + 100_000):
        try:
            status, _ = to.post(number(n))
        except (OSError, HTTPException):
            return
        assert status == 201
        stored.append(n)


def test_twelve_kills_lose_nothing_that_was_acknowledged(nursery: Nursery, tmp_path: Path) -> None:
    draw, stored = random.Random(5), list[int]()  # noqa: S311 (when to kill)
    for kill in range(KILLS):
        running = nursery.start(tmp_path)
        senders = [
            threading.Thread(target=send_until_dead, args=(running, n * 100_000, stored))
            for n in (2 * kill, 2 * kill + 1)
        ]
        for sender in senders:
            sender.start()
        time.sleep(draw.uniform(0.05, 0.2))
        running.kill()
        for sender in senders:
            sender.join()

    store = Store(f"sqlite:///{tmp_path}/results.db")
    with store.engine.connect() as connection:
        kept = set(connection.execute(select(received.c.key)).scalars())
        known = set(connection.execute(select(edges.c.target_name)).scalars())
        sound = connection.execute(text("PRAGMA integrity_check")).scalar_one()
    store.close()
    assert len(stored) > KILLS
    assert {hashlib.sha256(canonical(number(n))).hexdigest() for n in stored} <= kept
    assert {f"/out/{n}" for n in stored} <= known
    assert len(known) == len(kept)  # an event and its edges are there together
    assert sound == "ok"

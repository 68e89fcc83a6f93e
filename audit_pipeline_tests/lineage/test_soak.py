"""A backend that fails at random for a long time, while events are written: none is lost.

For ten minutes, or as many seconds as `SOAK_SECONDS` says:

    SOAK_SECONDS=600 pytest -m slow -s audit_pipeline_tests/lineage/test_soak.py
"""

import os
import random
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline.lineage.shipper import Patience
from audit_pipeline.stages.lineage.shipping import ship
from audit_pipeline.store.outbox import LINEAGE, tally
from audit_pipeline.store.store import Store
from audit_pipeline_tests.lineage.backends import (
    Backend,
    Manner,
    Request,
    answer,
    backend,
    drop,
    hang,
    trickle,
)
from audit_pipeline_tests.lineage.queued import event, order_broken, queue, queue_streams

SECONDS = float(os.environ.get("SOAK_SECONDS", "600"))
ROUND, OVERTIME = 5.0, 2.0
HASTY = Patience(first=0.2, longest=2, alone=0.2, attempts=40, batch=50)
"""Pauses of minutes would leave few attempts; so often does nothing fail alone by chance."""
OUTAGE, EVERY = 4.0, 25.0
"""Seconds in which everything fails, and from one such time to the next."""

pytestmark = pytest.mark.slow


def moody(marquez: Backend, seed: int) -> Manner:
    """Take two events of three; fail in every other way, and now and then altogether."""
    draw, begun = random.Random(seed), time.monotonic()  # noqa: S311 (chance, not secrets)

    def take_and_drop(request: Request, body: bytes) -> None:
        marquez.take(request, body)
        drop(request, body)

    moods: dict[Manner, float] = {
        marquez.accept: 67,
        answer(500, "boom"): 8,
        answer(503): 4,
        drop: 7,
        take_and_drop: 7,
        hang: 3,
        trickle: 2,
        answer(429, Retry_After="1"): 1,
        answer(429): 1,
    }

    def manner(request: Request, body: bytes) -> None:
        out = (time.monotonic() - begun) % EVERY > EVERY - OUTAGE
        (mood,) = draw.choices(list(moods), list(moods.values()))
        (drop if out else mood)(request, body)

    return manner


def keep_writing(store: Store, until: float) -> dict[str, int]:
    """Write events of many streams, a few at a time; return how many of each."""
    draw = random.Random(2)  # noqa: S311
    written: Counter[str] = Counter()
    while time.monotonic() < until:
        now = int(time.monotonic() / 20)
        for _ in range(draw.randint(1, 3)):
            stream = f"run{now}-{draw.randrange(12)}"
            queue(store, event(stream, written[stream], draw.choice([0, 0, 2000, 200_000])))
            written[stream] += 1
        time.sleep(draw.uniform(0, 0.3))
    return dict(written)


@pytest.mark.timeout(SECONDS + 300)
def test_a_backend_that_fails_at_random_gets_each_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AUDIT_PIPELINE_STORE_URL", raising=False)
    home = Home(tmp_path)
    store = Store(home.store_url)
    written: dict[str, int] = {}
    longest, rounds, until = 0.0, 0, time.monotonic() + SECONDS
    writer = threading.Thread(target=lambda: written.update(keep_writing(store, until)))
    with backend() as marquez:
        said = f"transport: {{type: http, url: '{marquez.url}', timeout: 0.3}}"
        (tmp_path / "openlineage.yml").write_text(said)
        marquez.manner = moody(marquez, seed=3)
        writer.start()
        while time.monotonic() < until:
            begun = time.monotonic()
            ship(home, ROUND, patience=HASTY)
            longest, rounds = max(longest, time.monotonic() - begun), rounds + 1
            time.sleep(0.05)
        writer.join()
        during = tally(store.engine, LINEAGE)
        marquez.manner = marquez.accept
        deadline = time.monotonic() + 60
        while ship(home, ROUND, patience=HASTY).waiting and time.monotonic() < deadline:
            time.sleep(0.05)
    after = tally(store.engine, LINEAGE)
    store.close()
    expected = {f"{stream}-{place}" for stream, count in written.items() for place in range(count)}
    print(  # noqa: T201 (what a soak was like, for people)
        f"\n{SECONDS:.0f} s, {rounds} rounds, the longest {longest:.1f} s: {len(expected)} events,"
        f" {marquez.asked} requests, {len(marquez.got) - len(expected)} arrived twice;"
        f" {during.waiting} waited when the backend became well"
    )

    assert (after.waiting, after.set_aside, after.delivered) == (0, 0, len(expected))
    assert set(marquez.keys()) == expected
    assert {got.key: got.event for got in marquez.got} == {
        f"{got.event['stream']}-{got.event['place']}": got.event for got in marquez.got
    }
    assert order_broken([got.event for got in marquez.got]) == []
    assert longest < ROUND + OVERTIME
    assert during.delivered > len(expected) / 2


@pytest.mark.timeout(300)
def test_ten_thousand_events_are_delivered_within_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AUDIT_PIPELINE_STORE_URL", raising=False)
    home = Home(tmp_path)
    store = Store(home.store_url)
    queue_streams(store, 400, 25)
    store.close()
    with backend() as marquez:
        said = f"transport: {{type: http, url: '{marquez.url}'}}"
        (tmp_path / "openlineage.yml").write_text(said)
        begun = time.monotonic()
        shipped = ship(home, 60)
        seconds = time.monotonic() - begun
    print(f"\n10,000 events in {seconds:.1f} s")  # noqa: T201

    assert (shipped.delivered, len(marquez.keys())) == (10_000, 10_000)
    assert seconds < 60

"""What waits is delivered at least once, in order, whatever the backend does."""

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audit_pipeline.audits.destination import FileTransport, HttpTransport
from audit_pipeline.lineage.destinations.file import LineFile
from audit_pipeline.lineage.destinations.http import Http
from audit_pipeline.lineage.shipper import Patience, Round, Shipper
from audit_pipeline.store.channels import channel_of
from audit_pipeline.store.delivery import put_back, troubles, unwanted
from audit_pipeline.store.outbox import LINEAGE, tally
from audit_pipeline.store.store import Store
from audit_pipeline_tests.lineage.backends import (
    Backend,
    Manner,
    Request,
    answer,
    backend,
    hang,
)
from audit_pipeline_tests.lineage.queued import event, order_broken, queue, queue_streams
from audit_pipeline_tests.servers import free_port
from audit_pipeline_tests.store.conftest import postgres_database

__all__ = ["postgres_database"]

HASTY = Patience(first=0.05, longest=0.2, alone=0.01, batch=50, lease=30)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path}/results.db")
    yield opened
    opened.close()


def shipper(store: Store, patience: Patience = HASTY, holder: str = "me") -> Shipper:
    made = Shipper(store.engine, LINEAGE, holder, patience)
    assert made.hold()
    return made


def ship(
    store: Store,
    url: str,
    seconds: float = 10,
    patience: Patience = HASTY,
    **settings: Any,  # noqa: ANN401 (values of a YAML file)
) -> Round:
    """Hold the channel, deliver, and let go."""
    said = {"url": url, "timeout": 0.4} | settings
    http = Http(HttpTransport.model_validate(said), None)
    held = shipper(store, patience)
    try:
        return held.ship(http, seconds)
    finally:
        http.close()
        held.let_go()


def unless(chosen: Any, otherwise: Manner, marquez: Backend) -> Manner:  # noqa: ANN401 (a function)
    """Take what is not `chosen`, and behave otherwise with what is."""

    def manner(request: Request, body: bytes) -> None:
        (otherwise if chosen(body) else marquez.accept)(request, body)

    return manner


def waits(store: Store) -> int:
    return tally(store.engine, LINEAGE).waiting


def test_everything_is_delivered_once_and_in_order(store: Store) -> None:
    queue_streams(store, 12, 20)
    with backend() as marquez:
        done = ship(store, marquez.url)

    assert (done.delivered, done.refused, done.problem) == (240, 0, None)
    assert tally(store.engine, LINEAGE).delivered == 240
    assert (marquez.asked, len(marquez.keys())) == (240, 240)
    assert order_broken([got.event for got in marquez.got]) == []


def test_on_postgresql_too(postgres_database: str) -> None:
    store = Store(postgres_database)
    queue_streams(store, 5, 20)
    queue(store, event("poison", 0), event("poison", 1))
    with backend() as marquez:
        marquez.manner = unless(lambda body: b'"poison"' in body, answer(500), marquez)
        done = ship(store, marquez.url)
        first = troubles(store.engine, LINEAGE)
        marquez.manner = marquez.accept
        time.sleep(0.05)
        ship(store, marquez.url)
    left = waits(store)
    store.close()

    assert done.delivered == 100
    assert [(trouble.stream, trouble.attempts) for trouble in first] == [("poison", 1)]
    assert left == 0
    assert order_broken([got.event for got in marquez.got]) == []


def test_what_is_written_meanwhile_is_delivered_too(store: Store) -> None:
    queue_streams(store, 1, 5)
    with backend() as marquez:

        def manner(request: Request, body: bytes) -> None:
            if len(marquez.got) == 2:
                queue_streams(store, 1, 5, first=1)
            marquez.accept(request, body)

        marquez.manner = manner
        assert ship(store, marquez.url).delivered == 10


def test_a_dead_backend_is_left_alone_each_time_for_longer(store: Store) -> None:
    queue_streams(store, 30, 4)
    url = f"http://127.0.0.1:{free_port()}"
    pauses = []
    for failures in range(1, 5):
        done = ship(store, url, patience=Patience(first=100, longest=500))
        standing = channel_of(store.engine, LINEAGE)
        assert (done.is_dead, standing.failures) == (True, failures)
        assert standing.problem == f"{url}/api/v1/lineage: nobody listens there"
        assert standing.next_try is not None
        pauses.append(standing.next_try.timestamp() - time.time())

    expected = [100, 200, 400, 500]
    assert all(0.7 * e < pause < 1.3 * e for pause, e in zip(pauses, expected, strict=True))
    assert waits(store) == 120
    assert {trouble.attempts for trouble in troubles(store.engine, LINEAGE)} == {0}


def test_a_backend_that_comes_back_gets_everything(store: Store) -> None:
    queue_streams(store, 30, 4)
    port = free_port()
    for _ in range(3):
        ship(store, f"http://127.0.0.1:{port}")
    with backend(port=port) as marquez:
        done = ship(store, marquez.url)

    assert done.delivered == 120
    assert (channel_of(store.engine, LINEAGE).failures, waits(store)) == (0, 0)
    assert channel_of(store.engine, LINEAGE).next_try is None
    assert order_broken([got.event for got in marquez.got]) == []


def test_a_hanging_backend_costs_no_more_than_the_time_allowed(store: Store) -> None:
    queue_streams(store, 300, 2)
    with backend(hang) as marquez:
        begun = time.monotonic()
        done = ship(store, marquez.url, timeout=0.2)
        assert time.monotonic() - begun < 2
        begun = time.monotonic()
        later = ship(store, marquez.url, seconds=0.8, timeout=15)
        assert time.monotonic() - begun < 2

    assert (done.is_dead, done.delivered) == (True, 0)
    assert (later.is_dead, waits(store)) == (True, 600)


def test_a_slow_backend_gets_what_it_can_take_and_is_not_called_dead(store: Store) -> None:
    queue_streams(store, 100, 1)
    with backend() as marquez:

        def manner(request: Request, body: bytes) -> None:
            time.sleep(0.2)
            marquez.accept(request, body)

        marquez.manner = manner
        begun = time.monotonic()
        done = ship(store, marquez.url, seconds=1.3, timeout=5)

    assert time.monotonic() - begun < 2.5
    assert 8 <= done.delivered < 40
    assert (done.problem, done.is_dead) == (None, False)
    assert waits(store) == 100 - done.delivered
    assert troubles(store.engine, LINEAGE) == []


def test_an_event_that_nobody_takes_holds_up_its_stream_only_and_is_set_aside(
    store: Store,
) -> None:
    queue(store, *[event("poison", place) for place in range(3)])
    with backend() as marquez:
        poison = unless(lambda b: b'"poison", "place": 0' in b, answer(500, "boom"), marquez)
        marquez.manner = poison
        rounds = 0
        while not unwanted(store.engine, LINEAGE):
            rounds += 1
            queue_streams(store, 2, 1, first=10 * rounds)
            ship(store, marquez.url, patience=Patience(alone=0))
        delivered = [got.key for got in marquez.got]
        ship(store, marquez.url)
        (found,) = unwanted(store.engine, LINEAGE)
        assert put_back(store.engine, LINEAGE) == 1
        marquez.manner = marquez.accept
        ship(store, marquez.url)

    assert rounds == 10
    assert len(delivered) == 20
    assert not any(key.startswith("poison") for key in delivered)
    assert found.problem.startswith("failed 10 times alone: http://127.0.0.1:")
    assert found.problem.endswith("answered 500: boom")
    assert [got.key for got in marquez.got[20:]] == ["poison-1", "poison-2", "poison-0"]


def test_many_poisoned_streams_before_all_others_do_not_starve_them(store: Store) -> None:
    queue(store, *[event(f"poison{number}", place) for place in (0, 1) for number in range(12)])
    queue_streams(store, 20, 2)
    patience = Patience(first=0, longest=0, alone=0, attempts=2)
    with backend() as marquez:
        marquez.manner = unless(lambda body: b"poison" in body, answer(500), marquez)
        assert ship(store, marquez.url, patience=patience).is_dead  # the first eight are all poison
        assert ship(store, marquez.url, patience=patience).delivered == 40
        for number in range(100, 110):
            queue_streams(store, 1, 1, first=number)
            assert ship(store, marquez.url, patience=patience).delivered == 1

    assert waits(store) == 0
    assert len(unwanted(store.engine, LINEAGE)) == 24


def test_a_refused_event_is_set_aside_at_once_and_its_stream_goes_on(store: Store) -> None:
    queue(store, *[event("a", place) for place in range(4)])
    with backend() as marquez:
        marquez.manner = unless(lambda body: b'"place": 1' in body, answer(413), marquez)
        done = ship(store, marquez.url)

    assert (done.delivered, done.refused) == (3, 1)
    (found,) = unwanted(store.engine, LINEAGE)
    assert (found.key, found.about, found.audit) == ("a-1", "START 1", "loans")
    assert found.problem == f"{marquez.url}/api/v1/lineage answered 413"


def test_a_backend_that_asks_for_a_pause_has_it_and_no_event_is_blamed(store: Store) -> None:
    queue_streams(store, 10, 3)
    with backend() as marquez:
        busy = answer(429, Retry_After="90")
        marquez.manner = unless(lambda _: len(marquez.got) >= 4, busy, marquez)
        done = ship(store, marquez.url)

    standing = channel_of(store.engine, LINEAGE)
    assert (4 <= done.delivered <= 8, done.is_dead, standing.failures) == (True, False, 1)
    assert standing.next_try is not None
    assert 80 < standing.next_try.timestamp() - time.time() <= 90
    assert {trouble.attempts for trouble in troubles(store.engine, LINEAGE)} == {0}


def test_failures_at_random_lose_and_mix_up_nothing(store: Store) -> None:
    queue_streams(store, 20, 10)
    draw = random.Random(1)  # noqa: S311 (chance, not secrets)
    with backend() as marquez:
        marquez.manner = unless(lambda _: draw.random() < 0.3, answer(500), marquez)
        deadline = time.monotonic() + 30
        while waits(store) and time.monotonic() < deadline:
            ship(store, marquez.url)
            time.sleep(0.02)

    assert tally(store.engine, LINEAGE).delivered == 200
    assert len(marquez.keys()) == 200
    assert order_broken([got.event for got in marquez.got]) == []


def test_only_one_of_two_shippers_delivers(store: Store) -> None:
    queue_streams(store, 5, 40)
    held = []
    with backend() as marquez:

        def deliver(holder: str) -> None:
            mine = Shipper(store.engine, LINEAGE, holder, Patience(batch=10))
            http = Http(HttpTransport(url=marquez.url), None)
            deadline = time.monotonic() + 20
            while waits(store) and time.monotonic() < deadline:
                if mine.hold():
                    held.append(holder)
                    mine.ship(http, 0.8)
                    mine.let_go()
            http.close()

        both = [threading.Thread(target=deliver, args=(name,)) for name in ("one", "two")]
        for each in both:
            each.start()
        for each in both:
            each.join()

    assert len(marquez.got) == len(marquez.keys()) == 200
    assert order_broken([got.event for got in marquez.got]) == []


def test_who_has_lost_the_channel_stops(store: Store) -> None:
    queue_streams(store, 1, 100)
    with backend() as marquez:
        mine = shipper(store, Patience(batch=10, lease=0))

        def manner(request: Request, body: bytes) -> None:
            if len(marquez.got) == 5:
                assert Shipper(store.engine, LINEAGE, "other").hold()
            marquez.accept(request, body)

        marquez.manner = manner
        http = Http(HttpTransport(url=marquez.url), None)
        done = mine.ship(http, 10)
        http.close()

    assert done.delivered == 10


def test_a_file_takes_a_batch_at_a_time(store: Store, tmp_path: Path) -> None:
    queue_streams(store, 10, 30)
    held = shipper(store)
    done = held.ship(LineFile(FileTransport(log_file_path=str(tmp_path / "events"))), 20)

    assert done.delivered == 300
    assert len((tmp_path / "events").read_text().splitlines()) == 300

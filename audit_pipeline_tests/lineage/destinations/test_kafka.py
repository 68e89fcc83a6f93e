"""Events to Kafka: librdkafka's own mock cluster, which speaks its protocol on loopback."""

import importlib
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from audit_pipeline.audits.destination import KafkaTransport
from audit_pipeline.lineage.destinations.base import Allowed, Answer, Refused, Unreachable
from audit_pipeline.lineage.destinations.kafka import Kafka
from audit_pipeline.lineage.destinations.opening import open_destination
from audit_pipeline.store.outbox import Entry
from audit_pipeline_tests.lineage.queued import as_waiting, event
from audit_pipeline_tests.servers import free_port

confluent_kafka = pytest.importorskip("confluent_kafka")
TOPIC = "lineage"


@pytest.fixture
def broker() -> Iterator[str]:
    """Run a cluster of one broker, and return its host and port."""
    cluster = confluent_kafka.Producer({"test.mock.num.brokers": 1, "log_level": 0})
    (found,) = cluster.list_topics(timeout=10).brokers.values()
    yield f"{found.host}:{found.port}"
    cluster.flush(1)


def transport(broker: str, **config: Any) -> KafkaTransport:  # noqa: ANN401 (values of a YAML file)
    return KafkaTransport(topic=TOPIC, config={"bootstrap.servers": broker} | config)


def deliver(
    broker: str,
    entries: Sequence[Entry],
    seconds: Any = 20,  # noqa: ANN401 (else mypy takes settings for it)
    **config: Any,  # noqa: ANN401
) -> dict[int, Answer]:
    settings = transport(broker, **config)
    kafka = Kafka(settings, settings.config)
    end = time.monotonic() + seconds
    try:
        return kafka.deliver(as_waiting(entries), Allowed(end, end))
    finally:
        kafka.close()


def messages(broker: str, number: int) -> list[Any]:
    """Return the first messages of the topic."""
    consumer = confluent_kafka.Consumer(
        {"bootstrap.servers": broker, "group.id": "test", "auto.offset.reset": "earliest"}
    )
    partitions = consumer.list_topics(TOPIC, timeout=10).topics[TOPIC].partitions
    beginning = confluent_kafka.OFFSET_BEGINNING
    consumer.assign([confluent_kafka.TopicPartition(TOPIC, p, beginning) for p in partitions])
    try:
        found = consumer.consume(number, timeout=20)
    finally:
        consumer.close()
    return list(found)


def test_events_arrive_in_order_under_the_key_of_their_run(broker: str) -> None:
    entries = [event(stream, place) for place in range(30) for stream in "ab"]

    assert deliver(broker, entries) == dict.fromkeys(range(1, 61))
    got = messages(broker, 60)
    assert {message.key() for message in got} == {b"a", b"b"}
    for stream in ("a", "b"):
        values = [message.value() for message in got if message.key() == stream.encode()]
        assert values == [event(stream, place).body for place in range(30)]
    assert {dict(m.headers())["idempotency-key"].decode() for m in got} == {
        entry.key for entry in entries
    }


def test_an_event_that_is_too_large_is_refused_and_the_rest_goes_on(broker: str) -> None:
    entries = [event("a", 0), event("a", 1, 30_000), event("a", 2)]

    answers = deliver(broker, entries, **{"message.max.bytes": 20_000})

    assert (answers[1], answers[3]) == (None, None)
    assert isinstance(answers[2], Refused)
    assert "Message size too large" in str(answers[2])


def test_a_broker_that_is_down_is_left_in_time_and_the_first_of_each_stream_is_told() -> None:
    begun = time.monotonic()
    nowhere = f"127.0.0.1:{free_port()}"
    answers = deliver(nowhere, [event(s, p) for s in "ab" for p in range(3)], seconds=1.5)

    assert time.monotonic() - begun < 4
    assert set(answers) == {1, 4}
    assert all(isinstance(answer, Unreachable) for answer in answers.values())
    assert str(answers[1]).startswith(f"topic lineage of Kafka at {nowhere}: ")
    assert str(answers[1]).endswith("failed: Connection refused")


def test_what_was_given_up_does_not_arrive_later(broker: str) -> None:
    settings = transport(broker)
    kafka = Kafka(settings, settings.config)
    now = time.monotonic()
    answers = kafka.deliver(as_waiting([event("a", 0), event("a", 1)]), Allowed(now, now))
    again = kafka.deliver(as_waiting([event("a", 0), event("a", 1)]), Allowed(now + 9, now + 9))
    kafka.close()

    assert set(answers) <= {1}
    assert again == {1: None, 2: None}
    values = [message.value() for message in messages(broker, 2)]
    assert values == [event("a", 0).body, event("a", 1).body]


def test_a_setting_that_the_library_does_not_know_is_told_without_its_value() -> None:
    with pytest.raises(Unreachable, match=r"`config` of Kafka in openlineage.yml: No such config"):
        deliver("127.0.0.1:1", [event("a", 0)], **{"no.such.setting": "geheim"})


def test_a_missing_library_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "confluent_kafka", None)
    with pytest.raises(Unreachable, match=r"pip install 'audit-pipeline\[kafka\]'"):
        deliver("127.0.0.1:1", [event("a", 0)])


def test_a_password_comes_from_the_environment(
    broker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_PASSWORD", "geheim")
    given: dict[str, Any] = {}
    module = importlib.import_module("audit_pipeline.lineage.destinations.kafka")

    class Noted(Kafka):
        def __init__(self, transport: KafkaTransport, config: Any) -> None:  # noqa: ANN401
            given.update(config)
            super().__init__(transport, {"bootstrap.servers": broker})

    monkeypatch.setattr(module, "Kafka", Noted)
    open_destination(transport(broker, **{"sasl.password_env": "KAFKA_PASSWORD"})).close()

    assert given == {"bootstrap.servers": broker, "sasl.password": "geheim"}

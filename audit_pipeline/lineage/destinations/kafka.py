"""Events to a topic of Kafka."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from audit_pipeline.audits.destination import KafkaTransport
from audit_pipeline.lineage.destinations.base import Allowed, Answer, Refused, Unreachable
from audit_pipeline.store.outbox import Waiting

LONGEST = 20.0
"""Seconds for one batch; what Kafka has not acknowledged by then is tried another time."""
KEY_HEADER = "idempotency-key"
OURS = {
    "client.id": "audit-pipeline",
    "linger.ms": 20,
    "socket.connection.setup.timeout.ms": 5000,
    "log_level": 3,
}
MUST = {
    "enable.idempotence": True,  # what is tried again keeps its order, and is written once
    "acks": "all",
    "message.timeout.ms": 300_000,  # longer than we wait: one given up alone would lose its place
}
NEVER = {"MSG_SIZE_TOO_LARGE", "INVALID_RECORD", "INVALID_MSG", "RECORD_LIST_TOO_LARGE"}
"""What Kafka, or its library, says of an event that it will not take, whenever it is tried."""


class Kafka:
    """A topic; the key of an event is its stream, so that a run stays in order in one partition."""

    def __init__(self, transport: KafkaTransport, config: Mapping[str, Any]) -> None:
        self.transport = transport
        try:
            import confluent_kafka  # noqa: PLC0415 (an extra: not everybody has it)
        except ImportError:
            raise Unreachable(
                "Kafka's library is not installed: pip install 'audit-pipeline[kafka]'"
            ) from None
        self.library = confluent_kafka
        self.heard = _Heard()
        try:
            settings = OURS | dict(config) | MUST
            self.producer = self.library.Producer(settings, logger=self.heard.logger())
        except self.library.KafkaException as error:
            said = error.args[0].str() if error.args else "no reason given"
            raise Unreachable(f"`config` of Kafka in openlineage.yml: {said}") from None

    def deliver(self, entries: Sequence[Waiting], allowed: Allowed) -> dict[int, Answer]:
        """Write all entries, and return what Kafka acknowledged until the time is up."""
        answers: dict[int, Answer] = {}
        for entry in entries:
            self._produce(entry, answers)
        self.producer.flush(max(0.0, min(allowed.end - time.monotonic(), LONGEST)))
        if len(answers) < len(entries):
            self._give_up()
        missed = Unreachable(f"{self.transport.place}: {self.heard.last or 'no answer in time'}")
        found = {entry.number: answers.get(entry.number, missed) for entry in entries}
        return _first_misses(entries, found)

    def close(self) -> None:
        """Forget what was not acknowledged."""
        self._give_up()

    def _produce(self, entry: Waiting, answers: dict[int, Answer]) -> None:
        try:
            self.producer.produce(
                self.transport.topic,
                value=entry.body,
                key=entry.stream.encode(),
                headers=[(KEY_HEADER, entry.key.encode())],
                on_delivery=self._noting(entry.number, answers),
            )
        except (self.library.KafkaException, BufferError) as error:
            answers[entry.number] = self._judged(error.args[0] if error.args else error)

    def _noting(self, number: int, answers: dict[int, Answer]) -> Callable[[Any, Any], None]:
        def note(error: Any, _: Any) -> None:  # noqa: ANN401 (the library has no types)
            if error is None or not error.name().startswith("_PURGE"):
                answers[number] = None if error is None else self._judged(error)

        return note

    def _judged(self, error: Any) -> Answer:  # noqa: ANN401
        why = f"{self.transport.place}: {error.str() if hasattr(error, 'str') else error}"
        name = error.name() if hasattr(error, "name") else ""
        return Refused(why) if name.lstrip("_") in NEVER else Unreachable(why)

    def _give_up(self) -> None:
        self.producer.purge()
        self.producer.flush(1.0)


def _first_misses(entries: Sequence[Waiting], found: dict[int, Answer]) -> dict[int, Answer]:
    """Leave out what was not delivered because something before it in its stream was not."""
    missed = set[str]()
    told: dict[int, Answer] = {}
    for entry in entries:
        answer = found[entry.number]
        if not (isinstance(answer, Unreachable) and entry.stream in missed):
            told[entry.number] = answer
        if isinstance(answer, Unreachable):
            missed.add(entry.stream)
    return told


class _Heard(logging.Handler):
    """Keeps the last thing that the library said, which it would write to standard error."""

    def __init__(self) -> None:
        super().__init__()
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it without the names of threads."""
        self.last = record.getMessage().rpartition("]: ")[2].partition(" (after ")[0]

    def logger(self) -> logging.Logger:
        """Return a logger that tells nobody else."""
        logger = logging.Logger("kafka")  # noqa: LOG001 (of this producer alone, and then gone)
        logger.addHandler(self)
        return logger

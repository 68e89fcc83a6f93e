"""Events in an outbox, and what is said of their delivery."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from audit_pipeline.store.outbox import LINEAGE, Entry, Waiting, add
from audit_pipeline.store.store import Store


def event(stream: str, place: int, size: int = 0) -> Entry:
    """Return the event at a place of a stream; `size` bytes more make it large."""
    body = {"stream": stream, "place": place, "ballast": "x" * size}
    return Entry(
        channel=LINEAGE,
        key=f"{stream}-{place}",
        stream=stream,
        audit="loans",
        window="2024-01",
        about=f"START {place}",
        body=json.dumps(body).encode(),
    )


def queue(store: Store, *entries: Entry) -> None:
    """Write events into the outbox."""
    with store.engine.begin() as connection:
        add(connection, entries)


def queue_streams(store: Store, streams: int, places: int, first: int = 0) -> None:
    """Write `places` events of each of some streams, one stream after the other's in turns."""
    names = [f"run{number:04}" for number in range(first, first + streams)]
    queue(store, *[event(name, place) for place in range(places) for name in names])


def as_waiting(entries: Iterable[Entry]) -> list[Waiting]:
    """Return entries as the outbox hands them to a destination."""
    return [
        Waiting(
            channel=entry.channel,
            key=entry.key,
            stream=entry.stream,
            audit=entry.audit,
            window=entry.window,
            about=entry.about,
            body=entry.body,
            number=number,
            attempts=0,
            written=datetime.now(UTC),
        )
        for number, entry in enumerate(entries, 1)
    ]


def order_broken(events: Sequence[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """Return the events that came for the first time after a later one of their stream had."""
    reached: dict[object, int] = {}
    seen = set[tuple[object, object]]()
    broken = []
    for got in events:
        stream, place = got["stream"], got["place"]
        assert isinstance(place, int)
        if (stream, place) not in seen and place < reached.get(stream, -1):
            broken.append(got)
        seen.add((stream, place))
        reached[stream] = max(place, reached.get(stream, -1))
    return broken

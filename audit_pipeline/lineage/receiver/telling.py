"""What an event of another tool tells: which field comes from which, and of which job."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from audit_pipeline import clock
from audit_pipeline.domain.lineage import WHOLE, Dataset, Edge, Field, Transformation
from audit_pipeline.lineage.receiver.checking import Event, Sound
from audit_pipeline.lineage.receiver.places import place
from audit_pipeline.lineage.receiver.reading import canonical, refuse
from audit_pipeline.store.received import Heard

LONGEST_PLACE = 1500
"""Bytes of a dataset's namespace and name together: a database's index takes no more."""
MOST_EDGES = 100_000
LONGEST_TEXT = 200
ROWS = Transformation(subtype="TRANSFORMATION")
"""How the rows of a table come from another, of which only the columns were told."""
KEPT_SUBTYPES = re.compile(r"^[A-Za-z_]{1,40}$")
_VALUES = re.compile(r"'[^']*'?|\"[^\"]*\"?|(?<![\w.])-?\d[\w.,:-]*")


def heard(sound: Sound) -> Heard:
    """Return what a sound event tells.

    Raises:
        RefusedError: A name is too long to be kept, or it tells of too many fields.
    """
    event, run = sound.event, sound.event.get("run", {})
    outputs = [event["dataset"]] if "dataset" in event else event.get("outputs") or []
    edges = dict.fromkeys((*_of_tables(outputs), *_of_job(event)))
    if len(edges) > MOST_EDGES:
        refuse(f"it tells of {len(edges):,} pairs of fields, of which {MOST_EDGES:,} are taken")
    return Heard(
        key=hashlib.sha256(sound.original).hexdigest(),
        job=_job(event),
        run=str(run.get("runId", "")).lower(),
        kind=event.get("eventType") or ("DATASET" if "dataset" in event else "JOB"),
        happened=_time(event["eventTime"]),
        body=canonical(event),
        edges=tuple(edges),
        inputs=tuple(dict.fromkeys(map(_place, event.get("inputs") or []))),
        outputs=tuple(dict.fromkeys(map(_place, outputs))),
        same=tuple(dict.fromkeys(_other_names([*(event.get("inputs") or []), *outputs]))),
    )


def _job(event: Event) -> str:
    """Return what people call the job; of a dataset told of by itself, nothing."""
    job = event.get("job")
    name = f"{job['namespace']} {job['name']}" if job is not None else ""
    return name.replace("\x00", "\ufffd")[:500]


def _time(text: str) -> datetime:
    """Return when it happened; now, of a time that only the specification's format takes."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return clock.now()


def _place(said: Event) -> Dataset:
    found = place(said["namespace"], said["name"])
    if len(f"{found.namespace}{found.name}".encode()) > LONGEST_PLACE:
        refuse(f"namespace and name of a dataset have more than {LONGEST_PLACE} bytes together")
    return found


def _other_names(tables: Iterable[Event]) -> Iterator[tuple[Dataset, Dataset]]:
    for table in tables:
        symlinks = table.get("facets", {}).get("symlinks", {})
        for other in symlinks.get("identifiers", ()):
            names = _place(table), _place(other)
            if names[0] != names[1]:
                yield names


def _of_tables(tables: Iterable[Event]) -> Iterator[Edge]:
    """Yield what the facets of the tables that are written tell."""
    for table in tables:
        at, facets = _place(table), table.get("facets", {})
        columns, lineage = facets.get("columnLineage", {}), facets.get("lineage", {})
        told = [
            *(
                edge
                for name, entry in columns.get("fields", {}).items()
                for edge in _into(_field(at, name), entry["inputFields"])
            ),
            *_into(Field(at, WHOLE), columns.get("dataset", ())),
            *_of_entry(at, lineage),
        ]
        yield from told
        yield from _rows(at, told)


def _of_job(event: Event) -> Iterator[Edge]:
    """Yield what the job's own facet tells, which names the tables itself.

    A job that another entry names as its source stands for the tables that flow into it.
    """
    job = event.get("job") or {}
    entries = job.get("facets", {}).get("lineage", {}).get("entries", ())
    own = (job.get("namespace"), job.get("name"))
    into: dict[tuple[Any, Any], list[Event]] = {}
    for entry in entries:
        if entry["type"] == "JOB":
            into.setdefault(_called(entry, own), []).extend(entry.get("inputs", ()))
    for entry in entries:
        if entry["type"] == "DATASET":
            at = _place(entry)
            through = [
                source
                for each in entry.get("inputs", ())
                if each["type"] == "JOB"
                for source in into.get(_called(each, own), ())
            ]
            told = [*_of_entry(at, entry), *_into(Field(at, WHOLE), through)]
            yield from told
            yield from _rows(at, told)


def _called(entry: Event, own: tuple[Any, Any]) -> tuple[Any, Any]:
    return (entry["namespace"], entry["name"]) if "name" in entry else own


def _of_entry(at: Dataset, entry: Event) -> Iterator[Edge]:
    """Yield what an entry of the newer lineage facet tells of one dataset."""
    yield from _into(Field(at, WHOLE), entry.get("inputs", ()))
    for name, each in entry.get("fields", {}).items():
        yield from _into(_field(at, name), each["inputs"])


def _into(target: Field, sources: Iterable[Event]) -> Iterator[Edge]:
    for source in sources:
        if source.get("type", "DATASET") != "DATASET":
            continue  # a job makes values of its own: there is no field before them
        at = _field(_place(source), source.get("field", WHOLE))
        hows = [_how(each) for each in source.get("transformations") or ()]
        if not hows:
            hows = [ROWS if WHOLE in {at.name, target.name} else Transformation()]
        yield from (Edge(at, target, how) for how in hows)


def _rows(at: Dataset, told: Iterable[Edge]) -> Iterator[Edge]:
    """Yield that the rows of a table come from the tables that its columns come from."""
    sources = dict.fromkeys(edge.source.dataset for edge in told)
    yield from (Edge(Field(source, WHOLE), Field(at, WHOLE), ROWS) for source in sources)


def _field(at: Dataset, name: str) -> Field:
    return Field(at, name.replace("\x00", "\ufffd")[:1000])


def _how(said: Event) -> Transformation:
    """Return how a field comes from another; what may be a row's value is masked.

    Other tools quote the conditions of their queries in descriptions: `name = 'Smith'`.
    """
    subtype = said.get("subtype") or ""
    direct = str(said["type"]).upper() != "INDIRECT"
    return Transformation(
        type="DIRECT" if direct else "INDIRECT",
        subtype=subtype.upper() if KEPT_SUBTYPES.match(subtype) else "TRANSFORMATION",
        description=_VALUES.sub("…", said.get("description") or "")[:LONGEST_TEXT],
        masking=bool(said.get("masking")),
    )

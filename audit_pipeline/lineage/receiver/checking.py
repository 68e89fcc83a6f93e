"""Whether an event keeps to OpenLineage's schemas; facets that do not are left out, and told."""

from dataclasses import dataclass, replace
from typing import Any

from audit_pipeline.lineage.receiver.reading import (
    RefusedError,
    canonical,
    inflated,
    parsed,
    refuse,
)
from audit_pipeline.lineage.receiver.schemas import mistakes, schemas

Event = dict[str, Any]
SECTIONS = (("run", "RunFacet"), ("job", "JobFacet"), ("dataset", "DatasetFacet"))
LISTED = {"inputs": "InputDatasetFacet", "outputs": "OutputDatasetFacet"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """A facet that was left out of what is stored: which, where in the event, and why."""

    facet: str
    where: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """An event that can be stored, without the facets that break the specification."""

    kind: str
    """`RunEvent`, `DatasetEvent` or `JobEvent`."""
    event: Event
    original: bytes
    """The event as it was sent, as canonical JSON: the same for the same event."""
    ignored: tuple[Ignored, ...] = ()


def read_event(body: bytes, encoding: str = "") -> Sound:
    """Return the event that a request's body holds; `encoding` is how it is compressed.

    Raises:
        RefusedError: It is no event; nothing of it is to be stored.
    """
    event = parsed(inflated(body, encoding))
    if not isinstance(event, dict):
        raise RefusedError(400, "the body is JSON, but no object: send one OpenLineage event")
    sound = Sound(kind=_kind(event), event=event, original=canonical(event))
    sound = _without_wrong_facets(sound)
    wrong = mistakes(schemas().events[sound.kind], sound.event)
    if wrong:
        raise RefusedError(400, f"this is no {sound.kind} of OpenLineage 2-0-2", tuple(wrong))
    return sound


def _kind(event: Event) -> str:
    if "run" in event or "eventType" in event:
        return "RunEvent"
    if "dataset" in event:
        return "DatasetEvent"
    if "job" not in event:
        refuse("the object holds no run, no job and no dataset: it is no event of OpenLineage")
    return "JobEvent"


def _without_wrong_facets(sound: Sound) -> Sound:
    """Return the event with those facets alone that keep to their schema, and why of the rest."""
    ignored: list[Ignored] = []
    event = dict(sound.event)
    for name, kind in SECTIONS:
        if isinstance(event.get(name), dict):
            event[name] = _checked(event[name], "facets", kind, f"/{name}", ignored)
    for name, kind in LISTED.items():
        if isinstance(event.get(name), list):
            event[name] = [
                _checked_table(each, kind, f"/{name}/{number}", ignored)
                for number, each in enumerate(event[name])
            ]
    return replace(sound, event=event, ignored=tuple(ignored))


def _checked_table(table: object, kind: str, where: str, ignored: list[Ignored]) -> object:
    if not isinstance(table, dict):
        return table
    own = "inputFacets" if kind.startswith("Input") else "outputFacets"
    table = _checked(table, "facets", "DatasetFacet", where, ignored)
    return _checked(table, own, kind, where, ignored)


def _checked(part: Event, at: str, kind: str, where: str, ignored: list[Ignored]) -> Event:
    facets = part.get(at)
    if facets is None:  # some clients write null for none
        return {name: value for name, value in part.items() if name != at}
    if not isinstance(facets, dict):
        return part
    known, kept = schemas(), {}
    for name, facet in facets.items():
        wrong = mistakes(known.facets.get((kind, name), known.unknown), facet)
        if wrong:
            what = {"facet": name[:80], "where": f"{where}/{at}"}
            ignored.append(Ignored(**what, why=tuple(wrong)))
        else:
            kept[name] = facet
    return {**part, at: kept}

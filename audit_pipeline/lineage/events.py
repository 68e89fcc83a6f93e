"""Events of OpenLineage, written from what an audit tells, in its client's own classes.

The client is imported when the first event is written: it costs a third of a second.
"""

import functools
import json
import re
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from audit_pipeline.lineage.told import Told, Transition

if TYPE_CHECKING:
    from attrs import AttrsInstance

NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


def write_event(told: Told) -> bytes:
    """Return the event as JSON, as OpenLineage has it; UTF-8, in one line.

    Names stand as they are, but for the two sorts of character that PostgreSQL, and so Marquez,
    refuses in JSON, and that would make an event nobody can take: NUL, and half of a surrogate
    pair. Each is told as a question mark.

    Raises:
        ValueError: A time has no zone, a run's id is no UUID, or a number is not finite.
    """
    from audit_pipeline.lineage.facets.event import run_event  # noqa: PLC0415 (a third of a second)

    return _json(run_event(told))


def aborted(start: bytes, key: str, at: str, why: str) -> bytes:
    """Return the event that ends a run of which only `start`, its first event, is known.

    All else that the first event told is told again. `key` is the new event's own, `at` its time
    (ISO, with a zone), `why` what to say, without values.

    Raises:
        ValueError: The time has no zone.
    """
    from audit_pipeline.lineage.facets.runs import error_facet  # noqa: PLC0415 (as above)
    from audit_pipeline.lineage.facets.times import utc  # noqa: PLC0415

    event = json.loads(start)
    facets = event["run"].setdefault("facets", {})
    facets["errorMessage"] = error_facet(why)
    facets.get("auditPipeline_run", {})["deliveryKey"] = key
    event |= {"eventType": Transition.ABORT.value, "eventTime": utc(datetime.fromisoformat(at))}
    return _json(event)


def _json(event: object) -> bytes:
    text = json.dumps(
        event, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain
    )
    if "\\u0000" in text:
        text = NUL.sub(r"\1?", text)
    return text.encode(errors="replace")  # halves of a surrogate pair become question marks


def _plain(part: object) -> object:
    """Return what JSON has for an object of the client's: what is set of it, or its enum's value.

    The client's own way copies an event twice, which takes seconds where columns are a thousand.
    """
    if isinstance(part, Enum):
        return part.value
    kind: type[AttrsInstance] = type(part)  # type: ignore[assignment] # nothing else is in an event
    values = ((name, getattr(part, name)) for name in _names(kind))
    return {name: value for name, value in values if value is not None}


@functools.cache
def _names(kind: "type[AttrsInstance]") -> tuple[str, ...]:
    from attrs import fields  # noqa: PLC0415 (the client brings it)

    return tuple(each.name for each in fields(kind))

"""Events of OpenLineage, written from what an audit tells, in its client's own classes.

The client is imported when the first event is written: it costs a third of a second.
"""

import json
import re
from datetime import datetime
from typing import Any

from audit_pipeline.lineage.told import Told, Transition

NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


def write_event(told: Told) -> bytes:
    """Return the event as JSON, as OpenLineage has it; UTF-8, in one line.

    Names stand as they are, but for the two sorts of character that PostgreSQL, and so Marquez,
    refuses in JSON, and that would make an event nobody can take: NUL, and half of a surrogate
    pair. Each is told as a question mark.

    Raises:
        ValueError: A time has no zone, a run's id is no UUID, or a number is not finite.
    """
    from openlineage.client.serde import Serde  # noqa: PLC0415 (a third of a second)

    from audit_pipeline.lineage.facets.event import run_event  # noqa: PLC0415

    return _json(Serde.to_dict(run_event(told)))


def aborted(start: bytes, key: str, at: str, why: str) -> bytes:
    """Return the event that ends a run of which only `start`, its first event, is known.

    All else that the first event told is told again. `key` is the new event's own, `at` its time
    (ISO, with a zone), `why` what to say, without values.

    Raises:
        ValueError: The time has no zone.
    """
    from openlineage.client.serde import Serde  # noqa: PLC0415 (a third of a second)

    from audit_pipeline.lineage.facets.runs import error_facet  # noqa: PLC0415
    from audit_pipeline.lineage.facets.times import utc  # noqa: PLC0415

    event = json.loads(start)
    facets = event["run"].setdefault("facets", {})
    facets["errorMessage"] = Serde.to_dict(error_facet(why))
    facets.get("auditPipeline_run", {})["deliveryKey"] = key
    event |= {"eventType": Transition.ABORT.value, "eventTime": utc(datetime.fromisoformat(at))}
    return _json(event)


def _json(event: dict[str, Any]) -> bytes:
    text = json.dumps(event, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    if "\\u0000" in text:
        text = NUL.sub(r"\1?", text)
    return text.encode(errors="replace")  # halves of a surrogate pair become question marks

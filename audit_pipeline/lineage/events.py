"""Events of OpenLineage, written from what an audit tells."""

import json

from audit_pipeline import __version__
from audit_pipeline.lineage.told import Told, Transition

PRODUCER = f"urn:audit-pipeline:{__version__}"
SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"


def write_event(told: Told) -> bytes:
    """Return the event as JSON, as OpenLineage has it; UTF-8, in one line."""
    # DRAFT: to be replaced by openlineage-python's classes and all facets
    event = {
        "eventType": told.transition.value,
        "eventTime": told.at.isoformat(),
        "producer": PRODUCER,
        "schemaURL": SCHEMA,
        "run": {"runId": told.run.id, "facets": {}},
        "job": {"namespace": told.job.namespace, "name": told.job.name, "facets": {}},
        "inputs": [{"namespace": t.dataset.namespace, "name": t.dataset.name} for t in told.inputs],
        "outputs": [
            {"namespace": t.dataset.namespace, "name": t.dataset.name} for t in told.outputs
        ],
    }
    return json.dumps(event, ensure_ascii=False, allow_nan=False).encode()


def aborted(start: bytes, key: str, at: str, why: str) -> bytes:
    """Return the event that ends a run of which only `start`, its first event, is known.

    `key` is the new event's own, `at` its time (ISO), `why` what to say, without values.
    """
    event = json.loads(start)
    event |= {"eventType": Transition.ABORT.value, "eventTime": at, "key": key, "why": why}
    # DRAFT: the errorMessage facet and the new key
    return json.dumps(event, ensure_ascii=False, allow_nan=False).encode()

"""Tell whoever started the run what it is at: one JSON line per stage begun and ended."""

import json
import os
from collections.abc import Mapping

from audit_pipeline.audits.home import progress_pipe
from audit_pipeline.domain.measurement import Json


def tell(event: str, **what: Json) -> None:
    """Write one line to the pipe that the command line listens on, if there is one.

    A line is short enough to be written whole, and a listener that is gone is no reason to stop.
    """
    pipe = progress_pipe()
    if pipe is None:
        return
    line: Mapping[str, Json] = {"event": event, **what}
    try:
        os.write(pipe, json.dumps(line).encode() + b"\n")
    except OSError:  # nobody listens any more
        return

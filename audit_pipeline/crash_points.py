"""Named places at which a process may be killed, so that a test can kill one at each of them.

Dagster tests its daemons in this way. A point is passed without effect unless this very process was
told to die there, by `arm`: nothing that comes from outside, no setting and no variable, does that.
"""

import os
import signal
from enum import StrEnum


class CrashPoint(StrEnum):
    """Where a process may be killed; each says what is done by then, and what is not."""

    RESERVED = "the window is reserved, no row is read"
    SNAPSHOT_TAKEN = "the rows are read, the window is not claimed"
    CLAIMED = "the window is claimed, its rows are not in their place"
    SETTLED = "the rows are in their place, the stage's result is not written"
    INGESTED = "the stage ingest is done, the end of it is not told"
    FILE_DRAFTED = "a file is written under another name"
    FOLDER_ASIDE = "a folder is out of the way, the one that replaces it is not in place"
    RECORD_WRITTEN = "the verdicts are given, the report is not begun"
    REPORT_WRITTEN = "the report is written, its result is not"
    EVIDENCE_DRAFTED = "the evidence is copied, the manifest is not written"
    MANIFEST_WRITTEN = "the manifest is written, the evidence is not in its place"
    EVIDENCE_IN_PLACE = "the evidence is in its place, the store knows nothing of it"
    SEALING = "all is written in the transaction that seals, which is not committed"
    SEALED = "the audit is sealed, the mark of its sources is not noted"
    MARKED = "the mark is noted, the list of windows is not written"
    LATE_FOUND = "a finding of late windows is written, its transaction is not committed"
    ALERTS_HELD = "the alerts' channel is held, nothing is done"
    ALERTS_ADDRESSED = "alerts are addressed, none is sent"
    ALERT_SENT = "an alert was taken by its service, which is not noted"
    EVENTS_TAKEN = "the lineage channel is held, nothing is sent"
    EVENTS_SENT = "lineage events were taken by the backend, which is not noted"


_armed: dict[CrashPoint, int] = {}


def arm(point: CrashPoint, passing: int = 0) -> None:
    """Let this process be killed at a point, after it passed there `passing` times."""
    _armed[point] = passing


def reached(point: CrashPoint) -> None:
    """Say that a point is reached: the process ends here, by SIGKILL, if it is to."""
    left = _armed.get(point)
    if left is None:
        return
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    _armed[point] = left - 1

"""Named places at which a process may be killed, so that a test can kill one at each of them.

Dagster tests its daemons in this way. A point is passed without effect unless this very process was
told to die there, by `arm`: nothing that comes from outside, no setting and no variable, does that.
"""

import os
import signal
from enum import StrEnum


class CrashPoint(StrEnum):
    """Where a process may be killed; each says what is done by then, and what is not."""

    BASELINE_DRAFTED = "a baseline is read and counted, it is not in its place"
    BASELINE_IN_PLACE = "a baseline is in its place, the end of it is not told"
    APPROVING = "an approval is written, its transaction is not committed"
    RESERVED = "the window is reserved, no row is read"
    SNAPSHOT_TAKEN = "the rows are read, the window is not claimed"
    CLAIMING = "a window is claimed, the transaction of that is not committed"
    ADOPTING = "a dead run's window is taken over, the transaction of that is not committed"
    CLAIMED = "the window is claimed, its rows are not in their place"
    SETTLED = "the rows are in their place, the stage's result is not written"
    INGESTED = "the stage ingest is done, the end of it is not told"
    RESULT_WRITTEN = "a later stage's result is written, the end of it is not told"
    FILE_DRAFTED = "a file is written under another name"
    FOLDER_ASIDE = "a folder is out of the way, the one that replaces it is not in place"
    RECORD_WRITTEN = "the verdicts are given, the report is not begun"
    REPORT_WRITTEN = "the report is written, its result is not"
    EVIDENCE_DRAFTED = "the evidence is copied, the manifest is not written"
    MANIFEST_WRITTEN = "the manifest is written, the evidence is not in its place"
    FINDINGS_WRITTEN = "an audit's findings are written, the alerts of them are not"
    SEALING = "all is written in the transaction that seals, the evidence is not in its place"
    EVIDENCE_IN_PLACE = "the evidence is in its place, the transaction that seals is not committed"
    SEALED = "the audit is sealed, the list of windows is not written"
    LISTED = "the list of windows is written, the mark of the audit's sources is not noted"
    PAGE_DRAFTED = "a page of the site is written under another name"
    LATE_FOUND = "a finding of late windows is written, its transaction is not committed"
    WAIVER_ENDED = "a waiver's end is written, the alert of it is not"
    ALERTS_HELD = "the alerts' channel is held, nothing is done"
    ALERTS_ADDRESSING = "an alert is addressed, the transaction of that is not committed"
    ALERTS_ADDRESSED = "alerts are addressed, none is sent"
    ALERT_SENT = "an alert was taken by its service, which is not noted"
    RUN_ABORTED = "the end of a dead run is told, the transaction of that is not committed"
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

"""Where Dagster's UI shows the audit that found something: from a message to its run in a click."""

from urllib.parse import quote

from audit_pipeline.domain.finding import OURSELVES, Finding

ASSET = "report"
"""Of an audit's assets: the one that every run makes, also one that finishes for a killed run."""


def page_of(ui: str | None, finding: Finding) -> str:
    """Return the address of the page in Dagster's UI where a finding's last window stands.

    It names the run that wrote the window's report, or lets one be started where none did. `ui` is
    the address of Dagster's UI; nothing is returned where nobody said that, or the finding is of
    the alerts themselves, which no run audits.

    Limitation: runs before the last are listed there, and are not named in the address.
    """
    if not ui or finding.audit == OURSELVES:
        return ""
    audit, window = quote(finding.audit, safe=""), quote(finding.window, safe="")
    place = f"assets/{audit}/{ASSET}?view=partitions&partition={window}"
    return f"{ui.rstrip('/')}/{place}"

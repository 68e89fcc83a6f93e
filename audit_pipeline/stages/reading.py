"""Read the results of sealed audits."""

from typing import Any

from audit_pipeline.audits.home import Home
from audit_pipeline.stages.revision import open_store


class NoResultsError(Exception):
    """There is no sealed audit of that name, window and revision; the message says which are."""


def read_results(
    home: Home, name: str, window: str | None = None, revision: int | None = None
) -> dict[str, Any]:
    """Return the record of a sealed audit: of the newest window and last revision by default.

    The record is what `results.json` of the evidence holds; its form is described in
    docs/reference/results.md.

    Raises:
        NoResultsError: There is none.
    """
    sealed = open_store(home.store_url).sealed(name)
    if not sealed:
        raise NoResultsError(f"no window of {name!r} was audited yet: audit-pipeline run {name}")
    windows = [s for s in sealed if window in {None, s.window}]
    if not windows:
        known = ", ".join(dict.fromkeys(s.window for s in sealed))
        raise NoResultsError(f"window {window!r} of {name!r} was not audited; audited are: {known}")
    found = [s for s in windows if s.window == windows[-1].window]
    wanted = [s for s in found if revision in {None, s.revision}]
    if not wanted:
        known = ", ".join(str(s.revision) for s in found)
        raise NoResultsError(
            f"window {found[0].window} of {name!r} has no revision {revision}; it has: {known}"
        )
    return wanted[-1].record

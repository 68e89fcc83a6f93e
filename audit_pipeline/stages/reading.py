"""Read the results of sealed audits."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from audit_pipeline import __version__
from audit_pipeline.audits.home import Home
from audit_pipeline.domain.record import AuditRecord
from audit_pipeline.stages.revision import open_store, written
from audit_pipeline.store.atomic import read_json

RECORD = TypeAdapter(AuditRecord)


class NoResultsError(Exception):
    """There is no sealed audit of that name, window and revision; the message says which are."""


class UnreadableRecordError(Exception):
    """A record in the store is not one that this version can read; its values are not quoted."""


def record_in(folder: Path) -> AuditRecord | None:
    """Return the record in the folder of a revision, once its verdicts were given."""
    path = folder / "record.json"
    return _record(path, written(path)) if path.exists() else None


@functools.lru_cache(maxsize=1)
def _record(path: Path, which: tuple[int, int]) -> AuditRecord:  # noqa: ARG001 (tells files apart)
    """Return the record of a file, which the last stages of a run all read."""
    record: AuditRecord = RECORD.validate_python(read_json(path))
    return record


def as_json(record: AuditRecord) -> dict[str, Any]:
    """Return a record as JSON has it."""
    told: dict[str, Any] = RECORD.dump_python(record, mode="json")
    return told


def understood(record: Mapping[str, Any]) -> AuditRecord:
    """Return a record, as `read_results` returns it, in the audit's own words.

    Raises:
        UnreadableRecordError: It was made by another version, or changed by hand.
    """
    try:
        return RECORD.validate_python(record)
    except ValidationError as error:
        keys = dict.fromkeys(str(each["loc"][0]) for each in error.errors() if each["loc"])
        raise UnreadableRecordError(
            f"version {__version__} of audit-pipeline cannot read {', '.join(keys)} of the record"
        ) from None  # its words quote values


def read_results(
    home: Home, name: str, window: str | None = None, revision: int | None = None
) -> dict[str, Any]:
    """Return the record of a sealed audit: of the newest window and last revision by default.

    It is the whole record, from the store that access is controlled to: small cells and numbers of
    single persons are in it. `results.json` of the evidence is the same without those. Its form
    is described in docs/reference/results.md.

    Raises:
        NoResultsError: There is none.
    """
    store = open_store(home.store_url)
    history = store.history(name)
    if not history:
        raise NoResultsError(f"no window of {name!r} was audited yet: audit-pipeline run {name}")
    windows = [known for known, _, _ in history if window in {None, known}]
    if not windows:
        known = ", ".join(dict.fromkeys(each for each, _, _ in history))
        raise NoResultsError(f"window {window!r} of {name!r} was not audited; audited are: {known}")
    found = store.sealed(name, windows[-1])
    wanted = [each for each in found if revision in {None, each.revision}]
    if not wanted:
        known = ", ".join(str(each.revision) for each in found)
        raise NoResultsError(
            f"window {windows[-1]} of {name!r} has no revision {revision}; it has: {known}"
        )
    return wanted[-1].record

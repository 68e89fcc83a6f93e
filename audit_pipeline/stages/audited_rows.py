"""The rows of a sealed audit and of its baseline, if they still are those that were audited."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import read_audit
from audit_pipeline.domain.record import SnapshotRecord
from audit_pipeline.profiles.profile import Profile
from audit_pipeline.sources.files import file_sha256
from audit_pipeline.stages.missing import MissingError
from audit_pipeline.stages.reference import SAMPLE, unchanged_sample
from audit_pipeline.stages.revision import Revision
from audit_pipeline.stages.rows import ROWS
from audit_pipeline.stages.vocabulary import VOCABULARY
from audit_pipeline.store.claims import Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """One snapshot: the file of the rows that are kept, and how many there were in all."""

    path: Path
    count: int
    kept: Literal["rows", "sample"]
    """Whether all rows are in the file, or a sample of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedRows:
    """Both snapshots of a sealed revision, the audit as it was then, and how it counted."""

    audit: Audit
    current: Rows
    baseline: Rows
    baseline_profile: Profile


def audited_rows(home: Home, record: Mapping[str, Any]) -> AuditedRows:
    """Return the rows that the sealed audit of `record` measured.

    Where they were measured in a database or by Spark, a sample of them is all that is kept.

    Args:
        home: Where they are kept.
        record: The audit's record, as `read_results` returns it.

    Raises:
        MissingError: There were none, they are gone, or they were changed since.
        AuditFileError: The audit file that was kept with them cannot be read any more.
    """
    found = _revision(home, record)
    of = f"revision {record['revision']} of window {record['window']['key']} of {record['audit']!r}"
    if record["snapshot"] is None or not record["snapshot"]["rows"]:
        raise MissingError(f"{of} has no rows to show: its report says why")
    current = _unchanged(found.path, found.snapshot(), record["snapshot"], f"the rows of {of}")
    folder = found.baseline_folder()
    if folder is None or record["baseline"] is None:
        raise MissingError(f"{of} was audited without a baseline: there is nothing to compare with")
    what = f"the baseline's rows of {of}"
    baseline = _unchanged(folder, found.baseline(), record["baseline"], what)
    profile = found.baseline_profile()
    if profile is None or not found.audit_file.exists():
        raise MissingError(
            f"{of} cannot be read again: its audit file or the baseline's profile is gone from"
            f" {found.path} or {folder}; audit the window again"
        )
    path, raw = home.audits / f"{record['audit']}.yaml", found.audit_file.read_bytes()
    return AuditedRows(
        audit=read_audit(path, VOCABULARY, raw).audit,
        current=current,
        baseline=baseline,
        baseline_profile=profile,
    )


def _revision(home: Home, record: Mapping[str, Any]) -> Revision:
    audit, window, number = record["audit"], record["window"]["key"], record["revision"]
    claim = Claim(
        audit=audit,
        window=window,
        revision=number,
        content="",
        state="already_audited",
        run_id=record["run_id"],
        sealed=True,
    )
    return Revision(home.private / audit / "windows" / window / str(number), claim)


def _unchanged(
    folder: Path, record: SnapshotRecord | None, sealed: Mapping[str, Any], what: str
) -> Rows:
    """Return a snapshot that is still the one that was measured, as the sealed record has it."""
    path = folder / (SAMPLE if record is not None and record.kept == "sample" else ROWS)
    if record is None or not path.exists():
        raise MissingError(
            f"{what} are gone: there is no {path}; audit the window again to take them anew"
        )
    same = record.fingerprint == sealed["fingerprint"]  # else the whole folder was made anew
    if not same or not _as_kept(path, record):
        raise MissingError(
            f"{what} are not those that were audited: {path} was changed; audit the window again"
        )
    if not record.rows:
        raise MissingError(f"{what} are none: {path} is empty")
    return Rows(path=path, count=record.rows, kept=record.kept)


def _as_kept(path: Path, record: SnapshotRecord) -> bool:
    if record.kept == "sample":
        return unchanged_sample(path.parent, record.file_sha256)
    return record.file_sha256 in {"", file_sha256(path)}

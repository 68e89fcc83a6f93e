"""Take a baseline's rows from their source, or those that are kept already, and count them."""

import shutil
from dataclasses import asdict
from pathlib import Path

from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.record import SnapshotRecord
from audit_pipeline.profiles.engine import engine_name, open_duckdb
from audit_pipeline.profiles.measure import profile_table
from audit_pipeline.profiles.plan import ColumnPlan
from audit_pipeline.profiles.planner import plan_columns
from audit_pipeline.profiles.profile import Profile
from audit_pipeline.sources.base import SourceError
from audit_pipeline.stages.baseline_folders import (
    ORIGIN,
    ROWS,
    Origin,
    source_digest,
    taken_by,
)
from audit_pipeline.stages.revision import read_snapshot, save_profile, write_snapshot
from audit_pipeline.stages.snapshot import take_snapshot
from audit_pipeline.store.atomic import write_json


def take_rows(audit: Audit, draft: Path) -> SnapshotRecord:
    """Read the baseline's rows from their source into `draft`, and return their facts.

    Raises:
        SourceError: A table cannot be read, or changed while it was.
        MissingError: The id column is not there.
    """
    digest = source_digest(audit)
    record = take_snapshot(audit, audit.baseline, draft, None)
    if source_digest(audit) != digest:
        raise SourceError("the baseline changed while it was read: wait until it stands still")
    write_snapshot(draft, record)
    if not record.unscored:
        origin = Origin(digest=digest, fingerprint=record.fingerprint, taken_by=taken_by(audit))
        write_json(draft / ORIGIN, asdict(origin))
    return record


def link_rows(kept: Path, draft: Path) -> SnapshotRecord | None:
    """Put rows that are kept already into `draft`, to be counted anew; return their facts."""
    draft.mkdir(parents=True)
    record = read_snapshot(kept)
    for name in (ROWS, ORIGIN, "snapshot_record.json"):
        try:
            (draft / name).hardlink_to(kept / name)  # never written to again
        except OSError:  # a file system without such links
            shutil.copyfile(kept / name, draft / name)
    return record


def count_rows(audit: Audit, draft: Path) -> None:
    """Profile the rows in `draft`; how columns are counted is decided here, for all windows."""
    save_profile(draft, profile_of(audit, draft, draft / "spill"))


def profile_of(audit: Audit, place: Path, spill: Path, plan: ColumnPlan | None = None) -> Profile:
    """Return the profile of the rows kept at `place`, counted as `plan` says, if one is given."""
    backend = open_duckdb(spill)
    try:
        rows = backend.read_parquet(str(place / ROWS))
        return profile_table(rows, audit, plan or plan_columns(rows, audit), engine_name(backend))
    finally:
        backend.disconnect()
        shutil.rmtree(spill, ignore_errors=True)

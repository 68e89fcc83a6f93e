"""Take a baseline's rows from their source, or those that are kept already, and count them."""

import shutil
from dataclasses import asdict
from pathlib import Path

from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.record import SnapshotRecord
from audit_pipeline.engines.base import Engine, IbisTable
from audit_pipeline.profiles.measure import profile_table
from audit_pipeline.profiles.plan import ColumnPlan
from audit_pipeline.profiles.planner import plan_columns
from audit_pipeline.profiles.profile import Profile
from audit_pipeline.sources.base import SourceError
from audit_pipeline.stages.baseline_folders import (
    ORIGIN,
    Origin,
    source_digest,
    taken_by,
)
from audit_pipeline.stages.reference import REFERENCE, SAMPLE
from audit_pipeline.stages.revision import read_snapshot, save_profile, write_snapshot
from audit_pipeline.stages.rows import ROWS, Place, on_rows
from audit_pipeline.stages.snapshot import take_snapshot
from audit_pipeline.store.atomic import write_json

KEPT = {"rows": (ROWS,), "sample": (REFERENCE, SAMPLE)}
"""The files of a snapshot, by what is kept of its rows."""


def take_rows(audit: Audit, draft: Path) -> SnapshotRecord:
    """Read the baseline's rows from their source into `draft`, and return their facts.

    Raises:
        SourceError: A table cannot be read, or changed while it was.
        EngineError: The engine cannot be used.
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
    """Put rows that are kept already into `draft`, to be counted anew; return their facts.

    Rows that stay where they are must be there still, unchanged.
    """
    draft.mkdir(parents=True)
    record = read_snapshot(kept)
    rows = KEPT[record.kept if record is not None else "rows"]
    for name in (*rows, ORIGIN, "snapshot_record.json"):
        try:
            (draft / name).hardlink_to(kept / name)  # never written to again
        except OSError:  # a file system without such links
            shutil.copyfile(kept / name, draft / name)
    return record


def count_rows(audit: Audit, draft: Path) -> None:
    """Profile the rows in `draft`; how columns are counted is decided here, for all windows."""
    save_profile(draft, profile_of(audit, draft, draft / "spill"))


def profile_of(audit: Audit, folder: Path, spill: Path, plan: ColumnPlan | None = None) -> Profile:
    """Return the profile of the rows kept in `folder`, counted as `plan` says, if one is given."""

    def count(rows: IbisTable, engine: Engine) -> Profile:
        return profile_table(rows, audit, plan or plan_columns(rows, audit), engine.name)

    place = Place(audit=audit, tables=audit.baseline, folder=folder, spill_folder=spill)
    return on_rows(place, count)

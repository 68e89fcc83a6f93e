"""Where baselines are kept: each under a key of its content and of the settings that shape it."""

import contextlib
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from audit_pipeline.audits.audit import Audit, Table
from audit_pipeline.crash_points import CrashPoint, reached
from audit_pipeline.domain.record import Approval
from audit_pipeline.profiles.encoding.codec import VERSION as PROFILE_VERSION
from audit_pipeline.sources.catalog import SOURCES
from audit_pipeline.sources.files import Files
from audit_pipeline.stages.in_place import stays_in_place
from audit_pipeline.stages.landing import declared_columns, roles
from audit_pipeline.store.atomic import canonical_json, read_json, replace_folder, sync_tree

BASELINES = "baselines"
PROFILE = "profile.parquet"
ORIGIN = "origin.json"
UNSCORED = "-unscored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What the rows of a baseline are: of which source, and by which settings taken from it.

    `digest` is that of the source, "" where only reading it all could tell; `fingerprint` that of
    the rows; `taken_by` that of the settings which decide what a row has.
    """

    digest: str
    fingerprint: str
    taken_by: str


def is_approved(approval: Approval, digest: str, fingerprint: str) -> bool:
    """Return whether an approval is of that source, or of those very rows."""
    return fingerprint == approval.fingerprint or digest == approval.digest != ""


def source_digest(audit: Audit) -> str:
    """Return the digest of the baseline's tables and of how they are read; "" if one has none.

    Raises:
        SourceError: A table cannot be reached.
    """
    tables = roles(audit.baseline)
    found = {role: SOURCES[t.kind].digest(t.settings) for role, t in tables.items()}
    if None in found.values():
        return ""
    read = {role: [t.kind, _how_read(t)] for role, t in tables.items()}
    return _sha256({"digests": found, "read": read})


def _how_read(table: Table) -> dict[str, Any]:
    """Return a table's settings without the place of files: their digest is that of their bytes."""
    places = set(Files.model_fields) if isinstance(table.settings, Files) else set[str]()
    return table.settings.model_dump(mode="json", exclude=places)


def place_of(audit: Audit, folder: Path, content: str) -> Path:
    """Return where the baseline of that content is kept, under the audit's settings of today."""
    settings = audit.model_dump(mode="json", include={"baseline", "columns", "task", "model"})
    settings |= _engine(audit)
    key = {"settings": settings, "content": content, "profile": PROFILE_VERSION}
    return folder / BASELINES / _sha256(key)[:16]


def is_made(place: Path) -> bool:
    """Return whether a baseline stands in its place, whole."""
    return (place / PROFILE).exists()


def unscored(place: Path) -> Path:
    """Return where a baseline is kept that the model could not score: apart, to be made anew."""
    return place.with_name(place.name + UNSCORED)


def origin_of(place: Path) -> Origin | None:
    """Return what the rows kept at `place` are, None if that is not known."""
    path = place / ORIGIN
    return Origin(**read_json(path)) if path.exists() else None


def taken_by(audit: Audit) -> str:
    """Return the digest of the settings that decide which columns rows have, and what is in them.

    Names for people, and the kinds by which columns are counted, are not among them.
    """
    columns, model = audit.columns, audit.model
    settings = {
        "task": audit.task,
        "id": columns.id,
        "columns": sorted(declared_columns(audit)),
        "prediction": columns.prediction.model_dump(mode="json") if columns.prediction else None,
        "target": columns.target.model_dump(mode="json", include={"column", "positive", "negative"})
        if columns.target
        else None,
        "model": [model.sha256, model.format] if model else None,
    }
    return _sha256(settings | _engine(audit))


def _engine(audit: Audit) -> dict[str, str]:
    """Return which engine has the rows, where it is not the one that copies them."""
    return {"engine": audit.engine.kind} if stays_in_place(audit) else {}


@contextlib.contextmanager
def drafted(folder: Path) -> Iterator[Path]:
    """Give a folder to make a baseline in; what was not put in its place is gone afterwards."""
    draft = folder / BASELINES / f".draft.{uuid4().hex}"
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def kept_rows(audit: Audit, folder: Path, approval: Approval) -> Path | None:
    """Return where approved rows are kept as today's settings would take them."""
    found, settings = rows_of(folder, approval), taken_by(audit)
    return next((place for place, origin in found if origin.taken_by == settings), None)


def rows_of(folder: Path, approval: Approval) -> list[tuple[Path, Origin]]:
    """Return where approved rows are kept, and what they are, by whatever settings taken."""
    places = sorted(p for p in (folder / BASELINES).glob("[!.]*") if is_made(p))
    known = [(place, origin_of(place)) for place in places]
    return [(p, o) for p, o in known if o and is_approved(approval, o.digest, o.fingerprint)]


def put(draft: Path, place: Path) -> bool:
    """Put a baseline in its place; return False if another run has put the same there meanwhile."""
    sync_tree(draft)
    reached(CrashPoint.BASELINE_DRAFTED)
    with contextlib.suppress(OSError):  # it is not empty
        draft.rename(place)
        return True
    if is_made(place) and not place.name.endswith(UNSCORED):
        return False
    replace_folder(draft, place)
    return True


def _sha256(content: object) -> str:
    return hashlib.sha256(canonical_json(content)).hexdigest()

"""The profiles of sealed audits: one to be looked at, several to be merged, each to be exported."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit_pipeline.audits.home import Home
from audit_pipeline.domain.measurement import Json
from audit_pipeline.profiles.encoding.codec import ProfileFormatError, content_address
from audit_pipeline.profiles.exported import as_json, as_parquet
from audit_pipeline.profiles.merging.merge import merge_profiles
from audit_pipeline.profiles.profile import CategoricalColumn, Column, Profile
from audit_pipeline.stages.missing import MissingError
from audit_pipeline.stages.reading import read_results
from audit_pipeline.stages.revision import load_profile
from audit_pipeline.store.atomic import atomic_write

SUFFIXES = {".parquet", ".json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptProfile:
    """A profile, and the windows it is of."""

    audit: str
    windows: tuple[str, ...]
    profile: Profile

    def facts(self) -> dict[str, Json]:
        """Return what to tell of the profile as a whole, by words."""
        found = self.profile
        least = "at least " if found.parts > 1 else ""
        return {
            "windows": ", ".join(self.windows),
            "engine": found.engine,
            "content": content_address(found),
            "rows": f"{found.rows:,}",
            "rows of weight 0, left out": f"{found.zero_weight:,}",
            "rows with a repeated id": f"{least}{found.duplicate_ids:,}",
            "rows without an id": f"{found.null_ids:,}",
            "rows with a label": f"{found.labelled:,}",
            "rows with a prediction": f"{found.predicted:,}",
        }


def kept_profile(
    home: Home, name: str, window: str | None = None, revision: int | None = None
) -> KeptProfile:
    """Return the profile of a sealed audit: of the newest window and last revision by default.

    Raises:
        NoResultsError: Nothing of that name, window and revision is audited.
        MissingError: That audit made no profile, or it is gone or cannot be read.
    """
    record = read_results(home, name, window, revision)
    key, number = record["window"]["key"], record["revision"]
    folder = home.private / name / "windows" / key / str(number)
    try:
        found = load_profile(folder)
    except ProfileFormatError as error:
        raise MissingError(str(error)) from None
    if found is None:
        raise MissingError(
            f"revision {number} of window {key} of {name!r} has no profile in {folder}: either no"
            " rows were counted, and its results say why, or the file was put away; audit the"
            " window again with --again"
        )
    return KeptProfile(audit=name, windows=(key,), profile=found)


def merged_profiles(first: KeptProfile, others: Sequence[KeptProfile]) -> KeptProfile:
    """Return one profile of all windows.

    Raises:
        MergeError: They were not counted alike.
        MissingError: A window is named twice.
    """
    windows = tuple(window for each in (first, *others) for window in each.windows)
    twice = sorted({window for window in windows if windows.count(window) > 1})
    if twice:
        raise MissingError(
            f"the window {twice[0]} is named twice: its rows would be counted twice; name each"
            " window once"
        )
    merged = merge_profiles([first.profile, *(each.profile for each in others)])
    return KeptProfile(audit=first.audit, windows=tuple(sorted(windows)), profile=merged)


def export_profile(kept: KeptProfile, path: Path, *, full: bool) -> None:
    """Write a profile to `path`, as Parquet or JSON by its suffix.

    Args:
        kept: The profile.
        path: Where to; what is there is replaced.
        full: With its small cells and extremes.

    Raises:
        MissingError: The suffix is neither.
    """
    if path.suffix not in SUFFIXES:
        raise MissingError(
            f"{path.name} ends in {path.suffix!r}: a profile is written to a .parquet or .json file"
        )
    parquet = path.suffix == ".parquet"
    content = as_parquet(kept.profile, full=full) if parquet else profile_json(kept, full=full)
    with atomic_write(path) as sink:
        sink.write(content if isinstance(content, bytes) else content.encode())


def profile_json(kept: KeptProfile, *, full: bool) -> str:
    """Return a profile as JSON, with or without its small cells."""
    return as_json(kept.profile, full=full)


def column_facts(column: Column) -> dict[str, Any]:
    """Return what to tell of one column: kind, rows, what is missing, mean and spread or size."""
    told: dict[str, Any] = {
        "kind": "categorical" if isinstance(column, CategoricalColumn) else "numeric",
        "rows": column.rows,
        "missing": dict(column.missing),
        "effective_rows": column.effective_rows,
    }
    if isinstance(column, CategoricalColumn):
        return told | {"categories": len(column.counts), "folded": column.folded}
    spread = {"mean": column.mean, "standard_deviation": column.standard_deviation}
    return told | {"bins": len(column.histogram.bins), **spread}

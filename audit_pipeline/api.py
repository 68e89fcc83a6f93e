"""Audits from Python, for notebooks and scripts: the same runs as the command line's."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import find_home, keep_quiet
from audit_pipeline.cli.supervise import supervise

# ruff: noqa: PLC0415 (a notebook pays for what it uses)


class RunError(Exception):
    """A run could not be begun; the message says why."""


def load_audit(name: str, home: Path | None = None) -> Audit:
    """Return the audit `name` of a home, checked.

    Raises:
        UnknownAuditError: There is no such audit.
        AuditFileError: Its file is wrong; the message lists every problem with its line.
    """
    from audit_pipeline.stages.vocabulary import load_audit_file

    return load_audit_file(find_home(home), name).audit


def run_audit(
    name: str, windows: str | Sequence[str], home: Path | None = None, *, again: bool = False
) -> list[dict[str, Any]]:
    """Audit one window or several, and return how each ended.

    Each result has `window`, `state` (`audited`, `already_audited`, `in_progress`), `revision`,
    `verdict`, `headlines`, `counts` by verdict, `report` (a path), `work_seconds` and `red` (a
    stage crashed). The runs show in the Dagster UI.

    Raises:
        RunError: Unknown audit, unreadable file, or a window that is none or in the future.
    """
    keep_quiet()
    keys = [windows] if isinstance(windows, str) else list(windows)
    ended = supervise(find_home(home), name, keys, lambda _: None, again=again)
    if ended.refused is not None:
        raise RunError(ended.refused)
    if ended.interrupted:
        raise KeyboardInterrupt
    return ended.results


def results(
    name: str, window: str | None = None, revision: int | None = None, home: Path | None = None
) -> dict[str, Any]:
    """Return the whole record of a sealed audit; see docs/reference/results.md for its form.

    Raises:
        NoResultsError: There is none; the message says which there are.
    """
    from audit_pipeline.stages.reading import read_results

    return read_results(find_home(home), name, window, revision)


def export_profile(
    name: str,
    path: Path | str,
    windows: str | Sequence[str] | None = None,
    home: Path | None = None,
    *,
    full: bool = False,
) -> Path:
    """Write what was counted of a window, or of several together, to `path`, and return it.

    Args:
        name: The audit.
        path: A `.parquet` or `.json` file; docs/reference/profile-format.md says what is in it.
        windows: Keys of audited windows, each in its last revision; the newest if left out.
        home: The home folder; else DAGSTER_HOME, else ./dagster_home.
        full: With cells of fewer than ten rows and the least and greatest value of each bin: for
            those only who may see the rows.

    Raises:
        NoResultsError: A window was not audited; the message says which are.
        MissingError: It has no profile that can be read, or the file's name ends in neither.
        MergeError: The windows were not counted alike.
    """
    from audit_pipeline.stages.kept_profiles import export_profile as write
    from audit_pipeline.stages.kept_profiles import kept_profile, merged_profiles

    keys = [windows] if windows is None or isinstance(windows, str) else list(windows)
    first, *others = [kept_profile(find_home(home), name, key) for key in keys]
    kept = merged_profiles(first, others) if others else first
    write(kept, Path(path), full=full)
    return Path(path)

"""The home, the audit and the windows that a command is about, or why it ends: there are none."""

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from audit_pipeline import clock
from audit_pipeline.audits.home import Home, HomeError, find_home, use_home
from audit_pipeline.cli.console import err, out, refuse

if TYPE_CHECKING:
    from audit_pipeline.audits.reader import AuditFile

# ruff: noqa: PLC0415 (a command imports what it alone needs, so that every other one starts fast)


def home_at(path: Path | None) -> Home:
    """Return the home a command works in, or end it with what is wrong."""
    try:
        home = find_home(path)
    except HomeError as error:
        refuse(str(error))
    use_home(home)
    return home


def audit_file(home: Home, name: str) -> "AuditFile":
    """Return the audit of a name, or end the command: there is none, or its file is wrong."""
    from audit_pipeline.audits.reader import AuditFileError
    from audit_pipeline.stages.vocabulary import UnknownAuditError, load_audit_file

    try:
        return load_audit_file(home, name)
    except (UnknownAuditError, AuditFileError) as error:
        refuse(str(error))


def newest_window(home: Home, name: str) -> str:
    """Return the key of the newest window of an audit that has ended."""
    newest = next(audit_file(home, name).audit.window.windows.ended(clock.now()), None)
    if newest is None:
        refuse(f"no window of {name} has ended yet")
    return newest.key


def windows_between(home: Home, name: str, first: str, last: str | None) -> list[str]:
    """Return the keys of an audit's windows from one to another, oldest first."""
    from audit_pipeline.domain.window import WindowError

    windows = audit_file(home, name).audit.window.windows
    try:
        return [window.key for window in windows.between(first, last, clock.now())]
    except WindowError as error:
        refuse(str(error))


def say_there_is_none(home: Home) -> None:
    """Say that a home has no audit, and where one would stand: on one line, to be copied."""
    out.print(f"There is no audit in {home.audits}.", markup=False, soft_wrap=True)


def say_if_paused(home: Home, name: str) -> None:
    """Say that an audit does not run by itself, and why, where its file says so."""
    from audit_pipeline.audits.reader import AuditFileError
    from audit_pipeline.stages.vocabulary import UnknownAuditError, load_audit_file

    with contextlib.suppress(UnknownAuditError, AuditFileError):  # what was audited is shown anyway
        paused = load_audit_file(home, name).audit.schedule.paused
        if paused is not None:
            err.print(f"{name} is paused, and runs by hand only: {paused}", markup=False)

"""What several commands ask for, and what they do about it."""

import contextlib
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from audit_pipeline import clock
from audit_pipeline.audits.home import Home, HomeError, find_home, use_home
from audit_pipeline.cli.exits import Exit
from audit_pipeline.cli.screen import Progress, show_results
from audit_pipeline.cli.supervise import Ended, supervise

# ruff: noqa: PLC0415 (a command imports what it alone needs, so that every other one starts fast)

out = Console(highlight=False)
LITTLE = 4_000_000
"""Bytes free below which a disk counts as full: a small audit writes about two million."""
err = Console(stderr=True, highlight=False, soft_wrap=True)

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="The home folder; else DAGSTER_HOME, else ./dagster_home."),
]
WindowOption = Annotated[
    str | None, typer.Option("--window", "-w", help="The newest audited one if left out.")
]
RevisionOption = Annotated[
    int | None, typer.Option(help="The last revision of the window if left out.")
]
NameArgument = Annotated[str, typer.Argument(help="The audit's name: its file without .yaml.")]


def home_at(path: Path | None) -> Home:
    """Return the home a command works in, or end it with what is wrong."""
    try:
        home = find_home(path)
    except HomeError as error:
        refuse(str(error))
    use_home(home)
    return home


def refuse(why: str) -> NoReturn:
    """End the command: nothing was done, and `why`."""
    err.print(why, markup=False)
    raise typer.Exit(Exit.USAGE)


@contextlib.contextmanager
def in_words(*refused: type[Exception]) -> Iterator[None]:
    """End the command with a sentence where the block raises `refused`, or the store fails."""
    from audit_pipeline.store.deadlines import reachable
    from audit_pipeline.store.engine import StoreError

    words: tuple[type[Exception], ...] = (StoreError, *refused)
    try:
        with reachable():
            yield
    except words as error:
        refuse(str(error))


def newest_window(home: Home, name: str) -> str:
    """Return the key of the newest window of an audit that has ended."""
    from audit_pipeline.audits.reader import AuditFileError
    from audit_pipeline.stages.vocabulary import UnknownAuditError, load_audit_file

    try:
        windows = load_audit_file(home, name).audit.window.windows
    except (UnknownAuditError, AuditFileError) as error:
        refuse(str(error))
    newest = next(windows.ended(clock.now()), None)
    if newest is None:
        refuse(f"no window of {name} has ended yet")
    return newest.key


def windows_between(home: Home, name: str, first: str, last: str | None) -> list[str]:
    """Return the keys of an audit's windows from one to another, oldest first."""
    from audit_pipeline.audits.reader import AuditFileError
    from audit_pipeline.domain.window import WindowError
    from audit_pipeline.stages.vocabulary import UnknownAuditError, load_audit_file

    try:
        windows = load_audit_file(home, name).audit.window.windows
        return [window.key for window in windows.between(first, last, clock.now())]
    except (UnknownAuditError, AuditFileError, WindowError) as error:
        refuse(str(error))


def say_if_paused(home: Home, name: str) -> None:
    """Say that an audit does not run by itself, and why, where its file says so."""
    from audit_pipeline.audits.reader import AuditFileError
    from audit_pipeline.stages.vocabulary import UnknownAuditError, load_audit_file

    with contextlib.suppress(UnknownAuditError, AuditFileError):  # what was audited is shown anyway
        paused = load_audit_file(home, name).audit.schedule.paused
        if paused is not None:
            err.print(f"{name} is paused, and runs by hand only: {paused}", markup=False)


def supervised(home: Home, name: str, windows: Sequence[str], *, again: bool) -> Ended:
    """Run windows under supervision, showing progress; end the command if none could be."""
    with Progress(out, name) as progress:
        ended = supervise(home, name, windows, progress, again=again)
    if ended.refused is not None:
        refuse(ended.refused)
    if len(ended.results) < len(windows):
        _break_off(name, ended, windows[len(ended.results)])
    return ended


def _break_off(name: str, ended: Ended, window: str) -> NoReturn:
    """End the command: of some windows, what stands is shown, and the one it stopped at."""
    if ended.results:
        show_results(out, name, ended.results)
    if ended.interrupted:
        err.print(f"Interrupted: {window} was not sealed. The same command starts it again.")
        raise typer.Exit(Exit.INTERRUPTED)
    err.print(
        no_room(ended.log)
        or f"The audit of {window} could not be sealed; the details are in {ended.log}"
    )
    raise typer.Exit(Exit.CRASHED)


def no_room(log: Path | None) -> str | None:
    """Return what to do where the home's disk is full, which is then why things broke."""
    free = shutil.disk_usage(log.parent).free if log is not None else LITTLE
    if log is None or free >= LITTLE:
        return None
    return (
        f"The disk that holds {log.parent.parent} is full ({free / 1e6:.1f} MB are free). Nothing"
        " half-written counts: make room, and run the same command again."
    )

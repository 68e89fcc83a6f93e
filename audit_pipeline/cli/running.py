"""Run windows while somebody looks on, and say what came of those that could not be audited."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import typer

from audit_pipeline.audits.home import Home
from audit_pipeline.cli.console import err, out, refuse
from audit_pipeline.cli.exits import Exit
from audit_pipeline.cli.screen import Progress, show_results
from audit_pipeline.cli.supervise import Ended, supervise

LITTLE = 4_000_000
"""Bytes free below which a disk counts as full: a small audit writes about two million."""


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

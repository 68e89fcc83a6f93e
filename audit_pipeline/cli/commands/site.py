"""Write the site over all audits."""

from pathlib import Path
from typing import Annotated

import typer

from audit_pipeline import clock
from audit_pipeline.cli.audits import home_at
from audit_pipeline.cli.console import err, out, refuse
from audit_pipeline.cli.options import HomeOption

# ruff: noqa: PLC0415 (imports what it alone needs, so that every other command starts fast)


def command(
    to: Annotated[
        Path | None,
        typer.Option(
            help="The folder to write to; beside the evidence if left out, so that the folder"
            " `evidence` can be handed on whole and every link works."
        ),
    ] = None,
    *,
    open_it: Annotated[bool, typer.Option("--open", help="Open the board in the browser.")] = False,
    home: HomeOption = None,
) -> None:
    """Write the site: a board of all audits, their trends, and the findings left to be settled."""
    from audit_pipeline.stages.site import write_site
    from audit_pipeline.store.engine import StoreError

    found = home_at(home)
    try:
        written = write_site(found, clock.now(), to)
    except (StoreError, OSError) as error:
        refuse(f"the site was not written: {error}")
    out.print(f"{written.pages} pages, {written.changed} of them new or changed")
    out.print(str(written.board), markup=False, soft_wrap=True)
    if open_it:
        _show(written.board)


def _show(board: Path) -> None:
    """Open the board in the browser, or say that this machine has none."""
    import webbrowser

    if not webbrowser.open(board.as_uri()):
        err.print("No browser was found here: open the page above in one, or copy its folder.")

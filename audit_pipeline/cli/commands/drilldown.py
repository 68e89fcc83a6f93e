"""Draw an interactive page to look around in."""

import webbrowser
from typing import Annotated

import typer

from audit_pipeline.cli.audits import home_at
from audit_pipeline.cli.console import err, out, refuse
from audit_pipeline.cli.exits import Exit
from audit_pipeline.cli.options import HomeOption, NameArgument, RevisionOption, WindowOption

# ruff: noqa: PLC0415 (imports what it alone needs, so that every other command starts fast)


def command(
    name: NameArgument,
    window: WindowOption = None,
    revision: RevisionOption = None,
    rows: Annotated[
        int, typer.Option(help="Rows drawn from the window, and from the baseline.", min=100)
    ] = 5000,
    *,
    open_it: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    home: HomeOption = None,
) -> None:
    """Draw Evidently's interactive page from samples of an audited window; it judges nothing."""
    from audit_pipeline.audits.reader import AuditFileError
    from audit_pipeline.drilldown.child import EvidentlyBrokeError
    from audit_pipeline.stages.drilldown import drill_down
    from audit_pipeline.stages.missing import MissingError
    from audit_pipeline.stages.reading import NoResultsError

    found = home_at(home)
    try:
        with err.status(f"drawing {rows:,} rows of each side; Evidently takes its time"):
            page = drill_down(found, name, window, revision, rows)
    except (NoResultsError, MissingError, AuditFileError) as error:
        refuse(str(error))
    except EvidentlyBrokeError as error:
        err.print(str(error), markup=False)
        raise typer.Exit(Exit.CRASHED) from None
    for what, told in page.facts.items():
        for line in told if isinstance(told, list) else [told]:
            out.print(f"{what}: {line}", markup=False, soft_wrap=True)
    out.print(str(page.path), markup=False, soft_wrap=True)
    if open_it and not webbrowser.open(page.path.as_uri()):
        err.print("There is no browser to open it with on this machine.")

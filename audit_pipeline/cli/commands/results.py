"""Show what an audit found."""

from typing import Annotated

import typer

from audit_pipeline.cli.audits import home_at, say_if_paused
from audit_pipeline.cli.console import out, print_json, refuse
from audit_pipeline.cli.options import HomeOption, NameArgument, RevisionOption, WindowOption
from audit_pipeline.cli.screen import show_outcomes

# ruff: noqa: PLC0415 (imports what it alone needs, so that every other command starts fast)


def command(
    name: NameArgument,
    window: WindowOption = None,
    revision: RevisionOption = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The whole record, as JSON.")] = False,
    home: HomeOption = None,
) -> None:
    """Show what an audit found: every measurement and verdict with its coverage."""
    from audit_pipeline.stages.reading import NoResultsError, read_results

    found = home_at(home)
    try:
        record = read_results(found, name, window, revision)
    except NoResultsError as error:
        refuse(str(error))
    say_if_paused(found, name)
    if as_json:
        print_json(record, sort_keys=True)
    else:
        show_outcomes(out, record)

"""Show what an audit found."""

import json
import sys
from typing import Annotated

import typer

from audit_pipeline.cli.asking import (
    HomeOption,
    NameArgument,
    RevisionOption,
    WindowOption,
    home_at,
    out,
    refuse,
    say_if_paused,
)
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
        sys.stdout.write(json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    else:
        show_outcomes(out, record)

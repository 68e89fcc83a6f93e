"""Compare two audits of one model."""

from typing import Annotated

import typer

from audit_pipeline.cli.audits import home_at
from audit_pipeline.cli.console import out, print_json, refuse
from audit_pipeline.cli.options import HomeOption, NameArgument

# ruff: noqa: PLC0415 (imports what it alone needs, so that every other command starts fast)

W1Argument = Annotated[
    str, typer.Argument(metavar="W1", help="A window, or WINDOW@REVISION; the last if left out.")
]
W2Argument = Annotated[str, typer.Argument(metavar="W2", help="What to compare it with, likewise.")]


def command(  # noqa: PLR0913 (each is an argument or option of the command)
    name: NameArgument,
    first: W1Argument,
    second: W2Argument,
    *,
    revision1: Annotated[int | None, typer.Option(help="The revision of W1.")] = None,
    revision2: Annotated[int | None, typer.Option(help="The revision of W2.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every check, unchanged ones too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="All of it, as JSON.")] = False,
    home: HomeOption = None,
) -> None:
    """Compare two audited windows, or two revisions of one: verdicts and numbers side by side.

    Numbers of single rows and of fewer than 10 rows are left out.
    """
    from audit_pipeline.cli.differences import show_comparison
    from audit_pipeline.stages.comparing import asked, compare_audits, comparison_as_json
    from audit_pipeline.stages.reading import NoResultsError, UnreadableRecordError

    found = home_at(home)
    try:
        comparison = compare_audits(found, name, asked(first, revision1), asked(second, revision2))
    except (NoResultsError, UnreadableRecordError) as error:
        refuse(str(error))
    if as_json:
        print_json(comparison_as_json(comparison))
    else:
        show_comparison(out, comparison, everything=everything)

"""Show what was counted of a window, and hand it to other programs."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit_pipeline.audits.home import Home
from audit_pipeline.cli.audits import home_at
from audit_pipeline.cli.console import out, print_json, refuse
from audit_pipeline.cli.options import (
    HomeOption,
    JsonOption,
    NameArgument,
    RevisionOption,
    WindowOption,
)
from audit_pipeline.cli.profiles import show_profile

if TYPE_CHECKING:
    from audit_pipeline.stages.kept_profiles import KeptProfile

# ruff: noqa: PLC0415 (imports what it alone needs, so that every other command starts fast)

app = typer.Typer(help="Show what was counted of a window, and write it for other programs.")


@app.command()
def show(
    name: NameArgument,
    window: WindowOption = None,
    revision: RevisionOption = None,
    *,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Show the rows, the engine and every column's facts of an audited window."""
    from audit_pipeline.stages.kept_profiles import column_facts

    kept = _kept(home_at(home), name, window, revision)
    columns = {n: column_facts(column) for n, column in kept.profile.columns.items()}
    if as_json:
        told = kept.facts() | {"columns": columns, "not counted": dict(kept.profile.unreadable)}
        print_json(told)
    else:
        show_profile(out, kept, columns)


@app.command()
def export(  # noqa: PLR0913 (each is an argument or option of the command)
    name: NameArgument,
    window: WindowOption = None,
    revision: RevisionOption = None,
    to: Annotated[
        Path | None, typer.Option(help="A .parquet or .json file; JSON on the screen if left out.")
    ] = None,
    merge: Annotated[
        list[str] | None,
        typer.Option(help="Another window to count with it, in its last revision; repeatable."),
    ] = None,
    *,
    full: Annotated[
        bool,
        typer.Option("--full", help="With cells of fewer than 10 rows, for who may see the rows."),
    ] = False,
    home: HomeOption = None,
) -> None:
    """Write a window's profile in its documented format, without small cells.

    See docs/reference/profile-format.md.
    """
    from audit_pipeline.profiles.merging.merge import MergeError
    from audit_pipeline.stages.kept_profiles import export_profile, merged_profiles, profile_json
    from audit_pipeline.stages.missing import MissingError

    found = home_at(home)
    kept = _kept(found, name, window, revision)
    try:
        if merge:
            kept = merged_profiles(kept, [_kept(found, name, key, None) for key in merge])
        if to is None:
            sys.stdout.write(profile_json(kept, full=full))
            return
        export_profile(kept, to, full=full)
    except (MergeError, MissingError) as error:
        refuse(str(error))
    out.print(str(to), markup=False, soft_wrap=True)


def _kept(home: Home, name: str, window: str | None, revision: int | None) -> "KeptProfile":
    from audit_pipeline.stages.kept_profiles import kept_profile
    from audit_pipeline.stages.missing import MissingError
    from audit_pipeline.stages.reading import NoResultsError

    try:
        return kept_profile(home, name, window, revision)
    except (NoResultsError, MissingError) as error:
        refuse(str(error))

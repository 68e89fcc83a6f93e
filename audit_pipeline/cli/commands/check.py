"""Check audits before they run."""

from typing import Annotated

import typer

from audit_pipeline.cli.asking import HomeOption, err, home_at, out
from audit_pipeline.cli.exits import Exit

# ruff: noqa: PLC0415 (imports what it alone needs, so that every other command starts fast)


def command(
    name: Annotated[str | None, typer.Argument(help="One audit; all of them if left out.")] = None,
    home: HomeOption = None,
) -> None:
    """Check audit files, their data, columns, model and rules, without running anything."""
    from audit_pipeline.stages.checking import check_audit

    found = home_at(home)
    paths = [found.audits / f"{name}.yaml"] if name else found.audit_paths()
    bad = 0
    for path in paths:
        if not err.is_terminal:
            err.print(f"checking {path.stem}")
        with err.status(f"checking {path.stem}"):
            problems = check_audit(found, path.stem)
        bad += bool(problems)
        out.print(f"{path.stem}: " + ("[red]problems[/]" if problems else "[green]good[/]"))
        for problem in problems:
            out.print(f"  {problem}", markup=False, soft_wrap=True)
    if not paths:
        out.print(f"There is no audit in {found.audits} yet.")
    raise typer.Exit(Exit.USAGE if bad else Exit.OK)

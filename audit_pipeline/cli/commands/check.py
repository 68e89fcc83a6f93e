"""Check audits before they run."""

from typing import TYPE_CHECKING, Annotated

import typer

from audit_pipeline.cli.audits import home_at, say_there_is_none
from audit_pipeline.cli.console import err, out, print_json
from audit_pipeline.cli.exits import Exit
from audit_pipeline.cli.options import HomeOption

if TYPE_CHECKING:
    from audit_pipeline.stages.examination.findings import Findings

# ruff: noqa: PLC0415 (imports what it alone needs, so that every other command starts fast)


def command(
    name: Annotated[str | None, typer.Argument(help="One audit; all of them if left out.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="What was found, as JSON.")] = False,
    home: HomeOption = None,
) -> None:
    """Check audit files, their data, columns, joins, model and rules, without running anything."""
    from audit_pipeline.stages.checking import examine

    found = home_at(home)
    names = [name] if name else found.audit_names()
    examined: dict[str, Findings] = {}
    for each in names:
        if not err.is_terminal:
            err.print(f"checking {each}")
        with err.status(f"checking {each}"):
            examined[each] = examine(found, each)
        if not as_json:
            _show(each, examined[each])
    if as_json:
        print_json(examined)
    elif not names:
        say_there_is_none(found)
    bad = any(findings.problems for findings in examined.values())
    raise typer.Exit(Exit.USAGE if bad else Exit.OK)


def _show(name: str, findings: "Findings") -> None:
    warned = f", [yellow]{len(findings.warnings)} to think about[/]" if findings.warnings else ""
    bad = "[red]problems[/]" if findings.problems else "[green]good[/]"
    out.print(f"{name}: {bad}{warned}")
    marks = (("✗", findings.problems), ("!", findings.warnings), ("·", findings.facts))
    for mark, sentences in marks:
        for sentence in sentences:
            out.print(f"  {mark} {sentence}", markup=False, soft_wrap=True)

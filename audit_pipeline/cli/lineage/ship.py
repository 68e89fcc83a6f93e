"""Deliver lineage events now."""

import typer

from audit_pipeline.cli.audits import home_at
from audit_pipeline.cli.console import err, in_words, out
from audit_pipeline.cli.exits import Exit
from audit_pipeline.cli.options import HomeOption, SecondsOption

# ruff: noqa: PLC0415 (imports what it alone needs, so that every other command starts fast)


def command(seconds: SecondsOption = 60, home: HomeOption = None) -> None:
    """Deliver the lineage events that wait, at once, also to a backend that failed before.

    Ends with 0 if none waits any more and a destination is named, else with 6.
    """
    from audit_pipeline.stages.lineage.shipping import ship

    found = home_at(home)
    with in_words(), err.status("delivering lineage events"):
        shipped = ship(found, seconds, at_once=True)
    out.print(shipped.told, markup=False, soft_wrap=True)
    done = shipped.place is not None and not shipped.waiting
    raise typer.Exit(Exit.OK if done else Exit.WAITING)

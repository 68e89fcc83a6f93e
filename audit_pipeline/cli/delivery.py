"""What the command line shows of alerts and lineage events: what waits, and what was set aside."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from audit_pipeline.cli.console import out

if TYPE_CHECKING:
    from audit_pipeline.store.delivery import Unwanted
    from audit_pipeline.store.outbox import Tally


def say_retried(again: int | None) -> None:
    """Print how many of those that were set aside wait again; None: nobody asked for it."""
    if again is not None:
        out.print(f"waiting again of those set aside: {again}")


def tally_line(count: "Tally") -> str:
    """Return how many wait, were delivered, and were set aside."""
    return f"waiting: {count.waiting}   delivered: {count.delivered}   set aside: {count.set_aside}"


def oldest_line(since: datetime | None) -> Iterator[str]:
    """Yield since when the oldest waits, if one does."""
    if since:
        yield f"the oldest waits since {since:%Y-%m-%d %H:%M:%S} UTC"


def set_aside_table(unwanted: "tuple[Unwanted, ...]", what: str, *fields: str) -> Table:
    """Return a line for each that was set aside; `fields` are told of it, beside whose it is."""
    table = Table("audit", "window", what, *fields, "why it was set aside", title="Set aside")
    for each in unwanted:
        told = (getattr(each, name) for name in fields)
        table.add_row(*map(Text, (each.audit, each.window, each.about, *told, each.problem)))
    return table

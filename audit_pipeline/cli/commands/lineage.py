"""What rests on what: of one audit, in events for other tools, and from theirs."""

from typing import Any

import typer
from typer.core import TyperGroup

from audit_pipeline.cli.lineage import serve, ship, show, status


class ShowsByName(TyperGroup):
    """A group whose first word is a command of its own, or else belongs to `show`."""

    def parse_args(
        self,
        ctx: Any,  # noqa: ANN401 (Typer keeps its type to itself)
        args: list[str],
    ) -> list[str]:
        """Return the words with the command that is meant, where the first one names none."""
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            args = ["show", *args]
        return list(super().parse_args(ctx, args))


app = typer.Typer(
    cls=ShowsByName,
    no_args_is_help=True,
    help="What rests on what: `lineage NAME [--column C | --model | --metric M]`; and events"
    " about it, to a catalogue and from other tools.",
)
app.command("show")(show.command)
app.command("ship")(ship.command)
app.command("status")(status.command)
app.command("serve")(serve.command)

"""The command line: every command in `commands/`, under the name of its module."""

import importlib
import pkgutil
import sys

import typer

from audit_pipeline.audits.home import keep_quiet
from audit_pipeline.cli import commands
from audit_pipeline.cli.exits import Exit


def _app() -> typer.Typer:
    app = typer.Typer(
        help="Audits machine-learning models: validate, drift, explain, report.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    for found in pkgutil.iter_modules(commands.__path__):
        module = importlib.import_module(f"{commands.__name__}.{found.name}")
        name = found.name.replace("_", "-")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(module.command)
    return app


app = _app()


def main() -> None:
    """Run the command line."""
    keep_quiet()
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(Exit.INTERRUPTED)

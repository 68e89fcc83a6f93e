"""Print the version."""

from audit_pipeline import __version__
from audit_pipeline.cli.console import out


def command() -> None:
    """Print the version."""
    out.print(__version__)

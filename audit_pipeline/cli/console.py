"""What commands write: for people, for other programs, and why they end if something is wrong."""

import contextlib
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, is_dataclass
from datetime import date
from typing import Any, NoReturn

import typer
from rich.console import Console

from audit_pipeline.cli.exits import Exit

# ruff: noqa: PLC0415 (a command imports what it alone needs, so that every other one starts fast)

out = Console(highlight=False)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(
    content: Any,  # noqa: ANN401 (whatever JSON can say)
    *,
    sort_keys: bool = False,
    allow_nan: bool = True,
) -> None:
    """Print content as JSON: data classes as objects, times as ISO 8601."""
    told = json.dumps(
        content,
        indent=1,
        ensure_ascii=False,
        sort_keys=sort_keys,
        allow_nan=allow_nan,
        default=_said,
    )
    sys.stdout.write(told + "\n")


def _said(value: object) -> Any:  # noqa: ANN401 (whatever JSON can say)
    if isinstance(value, date):  # a datetime is one, too
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"a {type(value).__name__} cannot be said in JSON")


def refuse(why: str) -> NoReturn:
    """End the command: nothing was done, and `why`."""
    err.print(why, markup=False)
    raise typer.Exit(Exit.USAGE)


@contextlib.contextmanager
def in_words(*refused: type[Exception]) -> Iterator[None]:
    """End the command with a sentence where the block raises `refused`, or the store fails."""
    from audit_pipeline.store.engine import StoreError, reachable

    words: tuple[type[Exception], ...] = (StoreError, *refused)
    try:
        with reachable():
            yield
    except words as error:
        refuse(str(error))

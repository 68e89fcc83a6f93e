"""An engine that holds an audit's rows while they are measured."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

IbisTable = Any  # Ibis ships no types
IbisBackend = Any


class DroppedError(Exception):
    """The connection to the engine ended meanwhile: worth another try from the start."""


class EngineError(Exception):
    """The engine cannot be used, or refused; the message says what to do and quotes no row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What rows that stay where they are come to: how many, and a digest of them all.

    The digest is the engine's own hash of each row, summed, so that order does not count; it is
    comparable only with one of the same `method`, which names the engine and its version.
    """

    rows: int
    digest: str
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """An open engine.

    While it is open a table of it has the same rows, as far as the engine can promise that.
    """

    backend: IbisBackend
    name: str
    """Engine and version, such as `postgres 18.1`."""
    content: Callable[[IbisTable], Content] | None
    """Reads the content of rows that stay where they are; None where the rows are copied."""

    @property
    def in_place(self) -> bool:
        """Whether rows are measured where they are, and not copied."""
        return self.content is not None

"""What a source of tables is."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, ValidationInfo

from audit_pipeline.audits.settings import Settings

S = TypeVar("S", bound=Settings)
IbisTable = Any  # Ibis ships no types
IbisBackend = Any


class SourceError(Exception):
    """A table cannot be read; the message names the place and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Generic[S]):
    """A kind of place that tables come from.

    `read` returns the table without reading its rows; `files` the files it consists of, whose
    SHA-256 go into the evidence. Both raise `SourceError`.
    """

    settings: type[S]
    read: Callable[[S, IbisBackend], IbisTable]
    files: Callable[[S], Sequence[Path]]


def _beside_the_audit_file(path: str, info: ValidationInfo) -> str:
    folder = (info.context or {}).get("folder")
    return str((folder / path).resolve()) if folder else path


FilePath = Annotated[str, AfterValidator(_beside_the_audit_file)]
"""A file, or a pattern such as `day=*/part-*.parquet`, relative to the audit file's folder."""


def find_files(path: str) -> list[Path]:
    """Return the files that `path`, a file or a pattern, stands for, sorted by name.

    Raises:
        SourceError: There is none, or one is empty.
    """
    anchor = Path(Path(path).anchor)
    if Path(path).is_file():  # its name may hold what else would be a pattern
        found = [Path(path)]
    else:
        found = sorted(p for p in anchor.glob(str(Path(path).relative_to(anchor))) if p.is_file())
    if not found:
        raise SourceError(f"there is no file at {path}")
    for file in found:
        if not file.stat().st_size:
            raise SourceError(f"the file {file} is empty (0 bytes)")
    return found


NOTHING_KNOWN: Mapping[str, str] = {}


@contextlib.contextmanager
def reading(path: str, what: str, known: Mapping[str, str] = NOTHING_KNOWN) -> Iterator[None]:
    """Turn the engine's error about the files at `path` into one that says what they should be.

    `known` says in our words what a text in the engine's message means.
    """
    import duckdb  # noqa: PLC0415 (only who reads pays for the import)

    try:
        yield
    except duckdb.Error as error:
        text = str(error).strip() or type(error).__name__
        said = next((ours for theirs, ours in known.items() if theirs in text), None)
        raise SourceError(
            f"{path} is no readable {what}: {said or text.splitlines()[0]}"
        ) from error

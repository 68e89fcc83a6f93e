"""Files as a source: finding them, by the date in their path too, and knowing when they change."""

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, ValidationInfo

from audit_pipeline.audits.settings import Settings
from audit_pipeline.domain.window import Window
from audit_pipeline.sources.base import (
    IbisBackend,
    IbisTable,
    Read,
    Source,
    SourceError,
    State,
    Wanted,
)
from audit_pipeline.sources.dated import dated_patterns, is_dated

CHUNK = 1 << 20
NOTHING_KNOWN: Mapping[str, str] = {}


def _beside_the_audit_file(path: str, info: ValidationInfo) -> str:
    folder = (info.context or {}).get("folder")
    return str((folder / path).resolve()) if folder else path


FilePath = Annotated[str, AfterValidator(_beside_the_audit_file)]
"""A file, or a pattern such as `day=%Y-%m-%d/part-*.parquet`, relative to the audit file's folder;
`%Y`, `%m`, `%d` and `%H` stand for the date and hour of the rows in it."""


class Files(Settings):
    """What every kind of file has in common."""

    path: FilePath
    """One file, or several of the same columns: a pattern with `*`, or with the rows' date as
    `%Y`, `%m`, `%d`, `%H`, by which only the window's own files are read."""
    marker: str | None = None
    """Name of a file such as `_SUCCESS` that appears beside the files once they are complete."""


F = TypeVar("F", bound=Files)


def file_source(
    settings: type[F], scan: Callable[[F, Sequence[Path], IbisBackend], IbisTable]
) -> Source[F]:
    """Return the kind of source whose files `scan` reads as one table."""

    def read(settings: F, backend: IbisBackend, wanted: Wanted) -> Read:
        files = find_files(settings.path, wanted.window)
        return Read(
            table=scan(settings, files, backend),
            location=_location(files),
            sha256=files_sha256(files),
            whole=wanted.window is None or not is_dated(settings.path),
        )

    return Source(
        settings=settings,
        read=read,
        state=file_state,
        digest=lambda settings: files_sha256(find_files(settings.path)),
    )


def find_files(path: str, window: Window | None = None) -> list[Path]:
    """Return the files that `path` stands for, sorted by name: those of `window`, if one is given.

    Raises:
        SourceError: There is none, or one is empty.
    """
    found = sorted(set(_files(path, window)))
    if not found:
        raise SourceError(f"there is no file at {path}{_of(path, window)}")
    for file in found:
        if not file.stat().st_size:
            raise SourceError(f"the file {file} is empty (0 bytes)")
    return found


def file_state(settings: Files, wanted: Wanted) -> State:
    """Return how the files stand: by their names, sizes and times of change."""
    try:
        seen = [(str(f), s.st_size, s.st_mtime_ns) for f, s in _seen(settings.path, wanted.window)]
    except OSError as error:
        raise SourceError(f"{settings.path} cannot be looked at: {error.strerror}") from error
    complete: bool | None = None
    if settings.marker is not None:
        folders = {Path(name).parent for name, _, _ in seen}
        complete = bool(folders) and all((f / settings.marker).is_file() for f in folders)
    return State(
        mark=hashlib.sha256(repr(seen).encode()).hexdigest(),
        landed=bool(seen),
        complete=complete,
        size=sum(size for _, size, _ in seen),
    )


def _seen(path: str, window: Window | None) -> Iterator[tuple[Path, os.stat_result]]:
    for file in sorted(set(_files(path, window))):
        with contextlib.suppress(FileNotFoundError):  # gone between the two looks
            yield file, file.stat()


def _files(path: str, window: Window | None) -> Iterator[Path]:
    if Path(path).is_file():  # its name may hold what else would be a pattern
        yield Path(path)
        return
    for pattern in dated_patterns(path, window):
        anchor = Path(Path(pattern).anchor)
        relative = str(Path(pattern).relative_to(anchor))
        yield from (p for p in anchor.glob(relative) if p.is_file())


def _of(path: str, window: Window | None) -> str:
    return f" for the window {window.key}" if window is not None and is_dated(path) else ""


def _location(files: Sequence[Path]) -> str:
    return str(files[0]) if len(files) == 1 else f"{files[0].parent} ({len(files)} files)"


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def files_sha256(files: Sequence[Path]) -> str:
    """Return the SHA-256 of one file, or of the digests of several in order."""
    digests = [file_sha256(file) for file in files]
    return (
        digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
    )


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

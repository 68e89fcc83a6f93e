"""Files as a source: finding them, by the date in their path too, and knowing when they change."""

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Self, TypeVar

from pydantic import model_validator

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
from audit_pipeline.sources.engine_words import meaning
from audit_pipeline.sources.origins.paths import origin_of_files
from audit_pipeline.sources.paths import FilePath
from audit_pipeline.sources.remote import (
    copy_remote,
    need_content,
    remote_files,
    remote_mark,
    remote_state,
)
from audit_pipeline.sources.storage import Storage, is_remote

CHUNK = 1 << 20
WRITERS = 8
"""Files that may be written side by side."""
NOTHING_KNOWN: Mapping[str, str] = {}


class Files(Settings):
    """What every kind of file has in common."""

    path: FilePath
    """One file, or several of the same columns: a pattern with `*`, or with the rows' date as
    `%Y`, `%m`, `%d`, `%H`, by which only the window's own files are read. Relative to the audit
    file's folder, or an address such as `s3://bucket/folder/*.parquet`."""
    marker: str | None = None
    """Name of a file such as `_SUCCESS` that appears beside the files once they are complete."""
    storage: Storage | None = None
    """How the object store is reached, where `path` is in one that is not Amazon's own."""

    @model_validator(mode="after")
    def _storage_is_of_a_store(self) -> Self:
        if self.storage is not None and not is_remote(self.path):
            raise ValueError("`storage` is for a path in an object store, such as s3://…")
        return self


F = TypeVar("F", bound=Files)


def file_source(
    settings: type[F],
    scan: Callable[[F, Sequence[Path], IbisBackend], IbisTable],
    has_end: Callable[[Path], bool] = Path.exists,
) -> Source[F]:
    """Return the kind of source whose files `scan` reads as one table.

    `has_end` says of a file on this machine whether it was written to its end, where its format
    tells.
    """

    def read(settings: F, backend: IbisBackend, wanted: Wanted) -> Read:
        remote = is_remote(settings.path)
        files = (
            copy_remote(settings.path, settings.storage, wanted)
            if remote
            else find_files(settings.path, wanted.window)
        )
        return Read(
            table=scan(settings, files, backend),
            location=f"{settings.path} ({len(files)} files)" if remote else _location(files),
            sha256=files_sha256(files),
            whole=wanted.window is None or not is_dated(settings.path),
        )

    return Source(
        settings=settings,
        read=read,
        state=lambda s, wanted: file_state(s, wanted, has_end),
        digest=_digest,
        origin=lambda s: origin_of_files(s.path),
    )


def _digest(settings: Files) -> str:
    path = settings.path
    if not is_remote(path):
        return files_sha256(find_files(path))
    found = remote_files(path, settings.storage, None)
    need_content([(file.name, file.size) for file in found], path, None)
    return remote_mark(found)


def find_files(path: str, window: Window | None = None) -> list[Path]:
    """Return the files that `path` stands for, sorted by name: those of `window`, if one is given.

    Raises:
        SourceError: There is none, or one is empty.
    """
    found = sorted(set(_files(path, window)))
    need_content([(str(file), file.stat().st_size) for file in found], path, window)
    return found


def file_state(
    settings: Files, wanted: Wanted, has_end: Callable[[Path], bool] = Path.exists
) -> State:
    """Return how the files stand: by their names, sizes and times of change.

    Those that are being written are the last to have changed: so only they are asked whether they
    have their end.
    """
    if is_remote(settings.path):
        return remote_state(settings.path, settings.storage, settings.marker, wanted.window)
    try:
        seen = [(str(f), s.st_size, s.st_mtime_ns) for f, s in _seen(settings.path, wanted.window)]
    except OSError as error:
        raise SourceError(f"{settings.path} cannot be looked at: {error.strerror}") from error
    complete: bool | None = None
    if settings.marker is not None:
        folders = {Path(name).parent for name, _, _ in seen}
        complete = bool(folders) and all((f / settings.marker).is_file() for f in folders)
    elif not all(has_end(Path(name)) for name, _, _ in sorted(seen, key=itemgetter(2))[-WRITERS:]):
        complete = False
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

    `known` says in our words what a text in the engine's message means; the message itself is not
    passed on, for it quotes what is in the files.
    """
    import duckdb  # noqa: PLC0415 (only who reads pays for the import)

    try:
        yield
    except duckdb.Error as error:
        said = meaning(error, known) or type(error).__name__
        if isinstance(error, duckdb.OutOfMemoryException):
            raise  # no fault of the files
        raise SourceError(f"{path} is no readable {what}: {said}") from error

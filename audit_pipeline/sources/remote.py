"""Files in an object store as a source: listed, looked at, and copied before they are read."""

import contextlib
import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from audit_pipeline.domain.window import Window
from audit_pipeline.sources.base import SourceError, State, Wanted
from audit_pipeline.sources.dated import dated_patterns, is_dated
from audit_pipeline.sources.storage import (
    FileSystem,
    Storage,
    is_of_the_disk,
    open_storage,
    reaching,
)

CHUNK = 8 << 20
LOOK_BYTES = 64 << 20
"""Bytes of a store's files that are copied where a look at some rows will do."""
LASTING = ("FileExpired", "NoCredentialsError")
CHANGED = "changed while it was read: it is read again when it stands still"
WHEN = ("ETag", "etag", "md5Hash", "content_md5", "mtime", "LastModified", "last_modified")


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of a store as it is listed."""

    name: str
    size: int
    tag: str
    """Its ETag, or when it was changed: differs when the content does."""


def remote_files(path: str, storage: Storage | None, window: Window | None) -> list[RemoteFile]:
    """Return the files that an address stands for, sorted by name; none is good.

    Raises:
        SourceError: The store cannot be reached, or refuses.
    """
    return _look(open_storage(path, storage), path, window)


def remote_mark(files: Sequence[RemoteFile]) -> str:
    """Return a digest of the files' names, sizes and tags, which differs when they do."""
    said = [(file.name, file.size, file.tag) for file in files]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def remote_state(
    path: str, storage: Storage | None, marker: str | None, window: Window | None
) -> State:
    """Return how an address stands, by the list of its files."""
    files = open_storage(path, storage)
    found = _look(files, path, window)
    complete: bool | None = None
    if marker is not None:
        folders = {str(PurePosixPath(file.name).parent) for file in found}
        with reaching(path):
            complete = bool(folders) and all(files.exists(f"{f}/{marker}") for f in folders)
    return State(
        mark=remote_mark(found),
        landed=bool(found),
        complete=complete,
        size=sum(file.size for file in found),
    )


def copy_remote(path: str, storage: Storage | None, wanted: Wanted) -> list[Path]:
    """Copy the files at an address to the folder wanted; return the copies, in order.

    Where a look at some rows will do, it is at the first files only.

    Raises:
        SourceError: There is no file, one is empty or gone, changed meanwhile, or its connection
            dropped twice.
    """
    files = open_storage(path, storage)
    found = _look(files, path, wanted.window)
    need_content([(file.name, file.size) for file in found], path, wanted.window)
    chosen = list(found if wanted.limit is None else _first(found))
    wanted.folder.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="remote-", dir=wanted.folder))
    copies = [_copied(files, path, file, folder / f"{n:06}") for n, file in enumerate(chosen)]
    if wanted.limit is None and _look(files, path, wanted.window) != found:
        raise SourceError(f"{path} {CHANGED}")
    return copies


def need_content(found: Sequence[tuple[str, int]], path: str, window: Window | None) -> None:
    """Let files pass, by name and size, if there are any, and none is empty.

    Raises:
        SourceError: There is none, or one has no bytes.
    """
    if not found:
        of = f" for the window {window.key}" if window is not None and is_dated(path) else ""
        raise SourceError(f"there is no file at {path}{of}")
    if empty := next((name for name, size in found if not size), None):
        raise SourceError(f"the file {empty} is empty (0 bytes)")


def _look(files: FileSystem, path: str, window: Window | None) -> list[RemoteFile]:
    with reaching(path):
        found = list(_listed(files, dated_patterns(path, window)))
        if not found:
            _need_bucket(files, path)
    return sorted(dict.fromkeys(found), key=lambda file: file.name)


def _listed(files: FileSystem, patterns: Sequence[str]) -> Iterator[RemoteFile]:
    for pattern in patterns:
        for name, facts in files.glob(pattern, detail=True).items():
            if facts["type"] == "file" and not str(name).endswith("/"):
                yield RemoteFile(str(name), int(facts.get("size") or 0), _tag(facts))


def _tag(facts: dict[str, Any]) -> str:
    return next((str(facts[key]) for key in WHEN if facts.get(key)), "")


def _need_bucket(files: FileSystem, path: str) -> None:
    """Tell an address without files, which is good, from one whose bucket is not there."""
    bucket = path.partition("://")[2].partition("/")[0]
    if path.lower().startswith("s3") and bucket:
        files.ls(bucket)


def _first(found: Sequence[RemoteFile]) -> Iterator[RemoteFile]:
    total = 0
    for file in found:
        yield file
        total += file.size
        if total >= LOOK_BYTES:
            return


def _copied(files: FileSystem, path: str, file: RemoteFile, folder: Path) -> Path:
    """Copy one file; once more from its beginning if the connection drops.

    Folders such as `day=2024-01-01` stay in its path: they are a column to the engine.
    """
    parts = [part for part in PurePosixPath(file.name).parts if part not in {"..", ".", "/"}]
    target = folder.joinpath(*parts)
    target.parent.mkdir(parents=True)
    with reaching(f"{path} ({file.name})"):
        try:
            _stream(files, file, target)
        except (FileNotFoundError, PermissionError):
            raise
        except Exception as error:
            if type(error).__name__ in LASTING or is_of_the_disk(error):
                raise
            _stream(files, file, target)
    if target.stat().st_size != file.size:
        raise SourceError(f"{path} ({file.name}) {CHANGED}")
    return target


def _stream(files: FileSystem, file: RemoteFile, target: Path) -> None:
    opened = files.open(file.name, "rb", block_size=CHUNK)
    with contextlib.closing(opened) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, CHUNK)

"""Files that are whole or not there: a reader never sees half of one, nor does a power cut."""

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from audit_pipeline.crash_points import CrashPoint, reached
from audit_pipeline.domain.storable import storable

PART = ".part"
"""How the name of a file ends that is being written; a dot stands in front of it."""
_HALF = re.compile("[\ud800-\udfff]")


@contextlib.contextmanager
def atomic_write(path: Path) -> Iterator[IO[bytes]]:
    """Open `path` for writing; it appears, synced to disk, only when the block ends well."""
    _make_folder(path.parent)
    draft = path.with_name(f".{path.name}.{uuid4().hex}{PART}")
    try:
        with draft.open("wb") as sink:
            yield sink
            sink.flush()
            os.fsync(sink.fileno())
        reached(CrashPoint.FILE_DRAFTED)
        draft.replace(path)
        _sync(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def remove_drafts(folder: Path) -> None:
    """Remove the files that processes were killed over while they wrote them into `folder`.

    Only for who alone writes there.
    """
    for draft in folder.glob(f".*{PART}"):
        draft.unlink(missing_ok=True)


def write_json(path: Path, content: Any) -> None:  # noqa: ANN401 (whatever JSON can say)
    """Write `content` as canonical JSON: sorted keys, UTF-8, one form for one content.

    Raises:
        ValueError: A number is NaN or infinite, which JSON cannot say.
    """
    with atomic_write(path) as sink:
        sink.write(canonical_json(content))


def canonical_json(content: Any) -> bytes:  # noqa: ANN401 (whatever JSON can say)
    """Return `content` as canonical JSON bytes, ended by a newline.

    Halves of a character, of a file's name that is no UTF-8, are shown as their code: no file can
    hold them.

    >>> print(canonical_json({"b": 1, "a": "é"}).decode(), end="")
    {
     "a": "é",
     "b": 1
    }
    """
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1)
    with contextlib.suppress(UnicodeEncodeError):
        return text.encode() + b"\n"
    return _HALF.sub(lambda half: json.dumps(storable(half.group()))[1:-1], text).encode() + b"\n"


def read_json(path: Path) -> Any:  # noqa: ANN401 (whatever JSON can say)
    """Return the content of a JSON file."""
    return json.loads(path.read_bytes())


def replace_folder(draft: Path, final: Path) -> None:
    """Put the folder `draft` where `final` is to be, moving an unfinished one out of the way.

    Every file in it is synced to disk first: what stands there has its content, after a power cut
    too, whoever wrote it and however.
    """
    sync_tree(draft)
    _make_folder(final.parent)
    if final.exists():
        old = final.with_name(f".{final.name}.{uuid4().hex}.old")
        final.rename(old)
        reached(CrashPoint.FOLDER_ASIDE)
        draft.rename(final)
        shutil.rmtree(old, ignore_errors=True)
    else:
        draft.rename(final)
    _sync(final.parent)


def sync_tree(folder: Path) -> None:
    """Bring every file in `folder` and below to disk, and the folders that name them."""
    for path in folder.rglob("*"):
        if not path.is_symlink() and (path.is_file() or path.is_dir()):
            _sync(path)
    _sync(folder)


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, each synced into the one that holds it."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync(folder.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

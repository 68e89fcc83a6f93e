"""Events in a file, one a line: for a collector that reads it, or for nobody but an archive."""

import contextlib
import os
import stat
from collections.abc import Sequence
from pathlib import Path

from audit_pipeline.audits.destination import FileTransport
from audit_pipeline.lineage.destinations.base import Allowed, Answer, Unreachable
from audit_pipeline.store.outbox import Waiting


class LineFile:
    """A file that gets one line for each event; it may be moved away at any time."""

    def __init__(self, transport: FileTransport) -> None:
        self.path = Path(transport.log_file_path)

    def deliver(self, entries: Sequence[Waiting], allowed: Allowed) -> dict[int, Answer]:  # noqa: ARG002 (a disk takes its time)
        """Append all entries, durably: in one write, so that a crash tears at most the last line.

        Such half a line is ended by the next write, and the event follows whole.
        """
        lines = b"".join(_line(entry.body) for entry in entries)
        try:
            self._append(lines)
        except OSError as error:
            why = Unreachable(f"the file {self.path} cannot be written: {error.strerror or error}")
            return dict.fromkeys([entry.number for entry in entries[:1]], why)
        return dict.fromkeys([entry.number for entry in entries])

    def _append(self, lines: bytes) -> None:
        is_new = not self.path.exists()
        if is_new:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        sink = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            if not stat.S_ISREG(os.fstat(sink).st_mode):  # a pipe that nobody reads would hang
                raise OSError("it is no file, but a pipe or a device")
            _write(sink, lines)
            os.fsync(sink)
        finally:
            os.close(sink)
        if is_new:
            _remember_name(self.path.parent)

    def close(self) -> None:
        """Nothing is held open between two batches, so that the file can be rotated."""


def _line(body: bytes) -> bytes:
    return body.replace(b"\n", b" ").replace(b"\r", b" ") + b"\n"  # in JSON mere white space


def _write(sink: int, lines: bytes) -> None:
    """Write all or nothing, on a line of its own."""
    before = os.fstat(sink).st_size
    if before and os.pread(sink, 1, before - 1) != b"\n":
        lines = b"\n" + lines
    try:
        written = os.write(sink, lines)
        while written < len(lines):  # a disk that is nearly full takes a part, then none
            written += os.write(sink, lines[written:])
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(sink, before)
        raise


def _remember_name(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)

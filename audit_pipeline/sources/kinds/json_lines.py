"""Tables kept as JSON lines: one object a line, plain or compressed as `.gz`."""

from collections.abc import Sequence
from pathlib import Path

from audit_pipeline.sources.base import IbisBackend, IbisTable
from audit_pipeline.sources.files import Files, file_source


class JsonLines(Files):
    """One file of JSON lines, or several: one object a line, each a row; `.gz` too."""


def scan_json_lines(settings: JsonLines, files: Sequence[Path], backend: IbisBackend) -> IbisTable:
    """Return the files as one table."""
    from audit_pipeline.sources.json_text import scan_json  # noqa: PLC0415 (brings in Ibis)

    return scan_json(settings.path, files, backend)


SOURCE = file_source(JsonLines, scan_json_lines)

"""Tables that Spark reads where they are: nothing is copied, and all is read when asked for."""

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit_pipeline.sources.base import IbisBackend, Read, SourceError, Wanted
from audit_pipeline.sources.dated import is_dated
from audit_pipeline.sources.files import Files, file_state, find_files
from audit_pipeline.sources.remote import need_content, remote_files
from audit_pipeline.sources.storage import is_remote, open_storage, reaching

ArrowSchema = Any  # pyarrow ships no types
REFUSALS = {"AnalysisException", "ParseException"}
KEY = re.compile(r"([^/=]+)=[^/]*/")
NANOSECONDS = "timestamp_micros(({name} - pmod({name}, 1000L)) div 1000)"
"""Spark knows microseconds, and hands out nanoseconds as integers."""


@dataclass(frozen=True, slots=True)
class Footer:
    """What a Parquet file says of its columns."""

    names: frozenset[str]
    times: Mapping[str, str]
    """How a column whose times Spark reads in a way of its own is written anew, as Spark's SQL."""


def read_parquet_in_place(settings: Files, backend: IbisBackend, wanted: Wanted) -> Read:
    """Return the files as one table that Spark reads when its rows are asked for.

    The files are found from here and read by Spark's workers: both must see them by one path.

    Raises:
        SourceError: There is none, one is no Parquet, or one lacks a column of the first.
    """
    files = _names(settings, wanted)
    footers = [_footer(settings, file) for file in files]
    options = _partitions(files)
    if any(footer.names != footers[0].names for footer in footers):
        _need_columns(settings.path, footers)
        options["mergeSchema"] = "true"
    with understood(settings.path):
        table = backend.read_parquet(files, columns=footers[0].times, **options)
    return Read(
        table=table,
        location=files[0] if len(files) == 1 else f"{settings.path} ({len(files)} files)",
        sha256=file_state(settings, wanted).mark,
        whole=wanted.window is None or not is_dated(settings.path),
    )


@contextlib.contextmanager
def understood(what: str) -> Iterator[None]:
    """Turn Spark's refusal of a table into an error of the source; its own words quote rows."""
    try:
        yield
    except Exception as error:
        if not REFUSALS & {kind.__name__ for kind in type(error).__mro__}:
            raise
        condition = getattr(error, "getCondition", lambda: None)() or type(error).__name__
        raise SourceError(
            f"Spark cannot read {what} ({condition}): is the name right, is it there, and may this"
            " user read it?"
        ) from None


def quoted(name: str) -> str:
    """Return a column's name as Spark's SQL has it.

    >>> quoted("a`b")
    '`a``b`'
    """
    return f"`{name.replace('`', '``')}`"


def _names(settings: Files, wanted: Wanted) -> list[str]:
    path = settings.path
    if not is_remote(path):
        return [str(file) for file in find_files(path, wanted.window)]
    protocol = path.partition("://")[0]
    found = remote_files(path, settings.storage, wanted.window)
    need_content([(file.name, file.size) for file in found], path, wanted.window)
    return [f"{protocol}://{file.name}" for file in found]


def _footer(settings: Files, file: str) -> Footer:
    import pyarrow as pa  # noqa: PLC0415 (only who reads pays)
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        if not is_remote(file):
            with pq.ParquetFile(Path(file)) as opened:
                return _told(opened)
        files = open_storage(file, settings.storage)
        with reaching(file), files.open(file, "rb") as stream, pq.ParquetFile(stream) as opened:
            return _told(opened)
    except pa.ArrowInvalid as error:
        raise SourceError(
            f"{settings.path} is no readable Parquet: {file} is damaged, or cut short: is it still"
            " being written?"
        ) from error
    except OSError as error:
        raise SourceError(f"{file} cannot be read: {error.strerror or 'it is damaged'}") from error


def _told(opened: Any) -> Footer:  # noqa: ANN401 (a ParquetFile)
    schema: ArrowSchema = opened.schema_arrow
    leaves = [opened.schema.column(number) for number in range(len(opened.schema.names))]
    old = {leaf.path for leaf in leaves if leaf.physical_type == "INT96"}
    times = {}
    for field in schema:
        name, unit = quoted(field.name), getattr(field.type, "unit", "")
        if field.name in old:  # written by older Sparks, and without a zone to other engines
            times[field.name] = f"CAST({name} AS TIMESTAMP_NTZ)"
        elif unit == "ns" and str(field.type).startswith("timestamp"):
            instant = NANOSECONDS.format(name=name)
            times[field.name] = instant if field.type.tz else f"CAST({instant} AS TIMESTAMP_NTZ)"
    return Footer(names=frozenset(schema.names), times=times)


def _need_columns(path: str, footers: Sequence[Footer]) -> None:
    """Let files pass that all have the first one's columns: Spark would fill them with nulls."""
    lacking = {name for footer in footers for name in footers[0].names - footer.names}
    if lacking:
        raise SourceError(
            f"{path} cannot be read: its files do not have the same columns: the column"
            f" {min(lacking)!r} is not the same in all"
        )


def _partitions(files: Sequence[str]) -> dict[str, str]:
    """Return from which folder on `key=value` in the files' paths are columns, if all have them."""
    if len({tuple(KEY.findall(file)) for file in files}) > 1 or not KEY.search(files[0]):
        return {}
    bases = {file[: found.start()] for file in files if (found := KEY.search(file))}
    return {"basePath": bases.pop()} if len(bases) == 1 else {}

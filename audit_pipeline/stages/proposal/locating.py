"""From what the user typed to a kind of source and its settings."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from audit_pipeline.sources.catalog import SOURCES
from audit_pipeline.stages.proposal.questions import ProposalError

SUFFIXES = {
    "parquet": (".parquet", ".pq"),
    "csv": (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt"),
    "json_lines": (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz"),
}
REMOTE = ("s3://", "gs://", "abfs://", "az://")
DATES = (
    (re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)T(\d\d)(?!\d)"), "%Y-%m-%dT%H"),
    (re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)"), "%Y-%m-%d"),
    (re.compile(r"(?<!\d)(\d{4})/(\d\d)/(\d\d)(?!\d)"), "%Y/%m/%d"),
    (re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])([0-3]\d)(?!\d)"), "%Y%m%d"),
    (re.compile(r"(?<!\d)((?:19|20)\d\d)([-/_])(0[1-9]|1[0-2])(?!\d)"), r"%Y\2%m"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a table is: the kind of source, and its settings as an audit file has them."""

    kind: str
    settings: Mapping[str, object]
    files: bool = True
    """Whether it is files, all of whose rows may be read."""
    notes: tuple[str, ...] = field(default=())
    """What the user is told of it."""

    def with_settings(self, **settings: object) -> "Place":
        """Return the place with settings added."""
        return replace(self, settings={**self.settings, **settings})


def locate(said: str, password_env: str | None = None) -> Place:
    """Return the place that `said` names: a file, a folder, a pattern, or a URL.

    `password_env` names the environment variable with the password of a database.

    Raises:
        ProposalError: There is nothing there, or nothing that a source could read.
    """
    place = _url(said) if "://" in said else _on_disk(Path(said).expanduser())
    if place.kind not in SOURCES:
        known = ", ".join(SOURCES)
        raise ProposalError(
            f"{_bare(said)} would be read as {place.kind!r}, of which there is no source here;"
            f" there are: {known}"
        )
    if place.kind == "sql" and password_env is not None:
        return place.with_settings(password_env=password_env)
    return place


def _url(said: str) -> Place:
    scheme = said.partition("://")[0].lower()
    kind = _kind(said)
    if said.startswith(REMOTE) and kind is None:
        raise ProposalError(
            f"{_bare(said)} names no kind of file: end it with a file or a pattern, such as"
            f" {_bare(said).rstrip('/')}/*.parquet"
        )
    if kind is not None and (said.startswith(REMOTE) or scheme in {"http", "https"}):
        return Place(kind=kind, settings={"path": said})
    if scheme in {"http", "https"}:
        return Place(kind="http_json", settings={"url": said}, files=False)
    url, _, table = said.partition("#")
    if urlsplit(url).password:
        raise ProposalError(
            f"{_bare(url)}: the URL holds a password, which the audit file would show: put it into"
            " an environment variable and give its name with --password-env"
        )
    if not table:
        raise ProposalError(
            f"{_bare(said)} names a database and no table: end it with #table, or #schema.table"
        )
    if scheme in {"sqlite", "duckdb"}:  # a file, which the audit file names from elsewhere
        url = f"{scheme}:///{Path(url.partition(':///')[2]).absolute()}"
    return Place(kind="sql", settings={"url": url, "table": table}, files=False)


def _bare(said: str) -> str:
    """Return what was typed, without a password."""
    parts = urlsplit(said)
    if not parts.password:
        return said
    return urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@")))


def _on_disk(path: Path) -> Place:
    path = path.absolute()
    if path.is_dir():
        return _folder(path)
    if not path.is_file() and not _is_pattern(path):
        raise ProposalError(f"there is no file or folder at {path}")
    kind = _kind(str(path))
    if kind is None:
        endings = ", ".join(s for suffixes in SUFFIXES.values() for s in suffixes)
        raise ProposalError(f"{path} has none of the endings that are known: {endings}")
    return Place(kind=kind, settings={"path": str(path)})


def _is_pattern(path: Path) -> bool:
    return any(mark in str(path) for mark in "*?[%")


def _folder(path: Path) -> Place:
    if (path / "_delta_log").is_dir():
        return Place(kind="delta", settings={"path": str(path)})
    if list(path.glob("metadata/*.metadata.json")):
        return Place(kind="iceberg", settings={"path": str(path)})
    files = sorted(f for f in path.rglob("*") if f.is_file() and not _hidden(f, path))
    kinds = Counter(kind for f in files if (kind := _kind(f.name)))
    if not kinds:
        raise ProposalError(f"the folder {path} holds no Parquet, CSV or JSON lines file")
    if len(kinds) > 1:
        found = ", ".join(f"{n} {kind}" for kind, n in kinds.most_common())
        raise ProposalError(
            f"the folder {path} holds files of several kinds ({found}): name a pattern, such as"
            f" '{path}/*.parquet'"
        )
    (kind,) = kinds
    listed = [str(f.relative_to(path)) for f in files if _kind(f.name)]
    pattern = common_pattern(listed)
    note = f"{path} holds {len(listed):,} {kind} files, read as {pattern}"
    return Place(kind=kind, settings={"path": str(path / pattern)}, notes=(note,))


def _hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith((".", "_")) for part in file.relative_to(folder).parts)


def _kind(name: str) -> str | None:
    lower = name.lower()
    return next((kind for kind, ends in SUFFIXES.items() if lower.endswith(ends)), None)


def common_pattern(names: Sequence[str]) -> str:
    """Return one pattern for the files of a folder, with the date in their paths as `%Y-%m-%d`.

    >>> common_pattern(["day=2024-01-05/a.parquet", "day=2024-01-06/b.parquet"])
    'day=%Y-%m-%d/*.parquet'
    """
    dated = list(dict.fromkeys(_dated(name) for name in names))
    if len(dated) == 1:
        return dated[0]
    split = [name.split("/") for name in dated]
    if len({len(parts) for parts in split}) > 1:
        return f"**/*{_ending(dated)}"
    steps = [_step(list(step)) for step in zip(*split, strict=True)]
    return "/".join(steps)


def _dated(name: str) -> str:
    for pattern, directive in DATES:
        if pattern.search(name):
            return pattern.sub(directive, name, count=1)
    return name


def _step(found: Sequence[str]) -> str:
    return found[0] if len(set(found)) == 1 else f"*{_ending(found)}"


def _ending(names: Sequence[str]) -> str:
    first = names[0]
    ends = ("." + first.partition(".")[2]) if "." in first else ""
    return ends if ends and all(name.endswith(ends) for name in names) else ""

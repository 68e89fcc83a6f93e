"""One name for each place, however a tool writes it, so that what two tools tell is joined.

The rules are OpenLineage's own (https://openlineage.io/docs/spec/naming), and what its integrations
are seen to write instead. Upper and lower case of names are kept: many places tell them apart.
"""

import posixpath
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from urllib.parse import unquote

from audit_pipeline.domain.lineage import Dataset

SAME = {
    "s3a": "s3",
    "s3n": "s3",
    "gcs": "gs",
    "abfs": "abfss",
    "wasb": "wasbs",
    "postgresql": "postgres",
    "mssql": "sqlserver",
}
"""Schemes that mean the same place, by the one that is kept."""
STORAGES = {"file", "s3", "gs", "hdfs", "abfss", "wasbs", "adl", "dbfs", "oss", "cos"}
"""Schemes of places that hold files, whose names are paths."""
CONTAINERS = {"abfss", "wasbs"}
"""Schemes where what stands before an @ is a container, and no user."""
PORTS = {
    "postgres": 5432,
    "redshift": 5439,
    "mysql": 3306,
    "sqlserver": 1433,
    "oracle": 1521,
    "hdfs": 8020,
    "cassandra": 9042,
    "mongodb": 27017,
    "kafka": 9092,
}
"""The port that is meant where none is said."""
DATABASES = {"postgres", "redshift", "sqlserver"}
"""Schemes whose names begin with the database: `database.schema.table`."""
PARTS = 3

_URI = re.compile(r"^(?:jdbc:)?([A-Za-z][A-Za-z0-9.+-]*):(//)?(.*)$", re.DOTALL)
_WILD = re.compile(r"[*?\[]")


def place(namespace: str, name: str) -> Dataset:
    """Return the dataset that is meant, by the name all tools are taken to mean.

    >>> place("file", "file:///data/loans/")
    Dataset(namespace='file', name='/data/loans')
    >>> place("s3a://lake", "/clean/loans")
    Dataset(namespace='s3://lake', name='clean/loans')
    >>> place("postgresql://auditor:secret@DB", "lending.public.loans")
    Dataset(namespace='postgres://db:5432', name='lending.public.loans')
    """
    namespace, name = _printable(namespace).strip(), _printable(name)
    within = _URI.match(name)
    if within and _scheme(within[1]) in STORAGES and (within[2] or within[3].startswith("/")):
        return _of_uri(_scheme(within[1]), within[3], "", decode=within[1] == "file")
    if namespace in STORAGES:
        return Dataset(namespace, _path(namespace, name))
    parsed = _URI.match(namespace)
    if parsed is None or not (parsed[2] or parsed[1] == "file"):
        return Dataset(namespace, name)
    folder = parsed[3].partition("/")[2].strip("/")
    if parsed[1] == "file" and folder and not name.startswith("/"):
        return Dataset(f"file:/{folder}", name)  # a table, in the catalogue that Spark has there
    return _of_uri(_scheme(parsed[1]), parsed[3], name)


def _of_uri(scheme: str, rest: str, name: str, *, decode: bool = False) -> Dataset:
    """Return the dataset at `scheme://rest`, where `rest` may hold a part of the name."""
    authority, _, path = rest.partition("/")
    if scheme == "file":
        host = authority if authority not in {"", "localhost"} else ""
        whole = name or path
        namespace = f"file://{host}" if host else "file"
        return Dataset(namespace, _path("file", "/" + (unquote(whole) if decode else whole)))
    namespace = f"{scheme}://{_authority(scheme, authority)}" if authority else scheme
    if scheme in STORAGES:
        return Dataset(namespace, _path(scheme, f"{path}/{name}"))
    database = path.split("?")[0].strip("/")
    if scheme in DATABASES and database and name.count(".") < PARTS - 1:
        name = f"{database}.{name}"
    elif scheme not in DATABASES and database:
        namespace = f"{namespace}/{database}"
    return Dataset(namespace, name)


def _scheme(said: str) -> str:
    plain = said.lower().split("+")[0]  # of postgresql+psycopg2, a driver is told, too
    return SAME.get(plain, plain)


def _authority(scheme: str, said: str) -> str:
    """Return host and port, without a user or a password, whatever was sent."""
    if scheme in CONTAINERS:
        container, at, host = said.rpartition("@")
        return f"{container.split(':')[0]}{at}{host.lower()}"
    host = said.rpartition("@")[2].lower()
    known = scheme in PORTS and host and not re.search(r":\d+$", host)
    return f"{host}:{PORTS[scheme]}" if known else host


def _path(scheme: str, name: str) -> str:
    """Return a path with no slash at its end; of all but local files, none at its beginning."""
    if scheme == "file":
        return "/" + posixpath.normpath("/" + name).strip("/")
    return name.strip("/")


def _printable(text: str) -> str:
    return text.replace("\x00", "\ufffd")  # PostgreSQL keeps no such character


def is_folder_like(at: Dataset) -> bool:
    """Return whether a dataset is in a place where one name can stand within another: files."""
    return at.namespace == "file" or at.namespace.split("://")[0] in STORAGES


def around(at: Dataset) -> Iterator[Dataset]:
    """Yield the folders that a file or a folder is in, the nearest first; never the root.

    >>> [folder.name for folder in around(Dataset("file", "/lake/loans/part-0.parquet"))]
    ['/lake/loans', '/lake']
    """
    if not is_folder_like(at):
        return
    name = posixpath.dirname(fixed(at.name))
    while name.strip("/"):
        yield Dataset(at.namespace, name)
        name = posixpath.dirname(name)


def fixed(name: str) -> str:
    """Return the part of a path before the first part that holds a wildcard, and that part.

    >>> fixed("/lake/loans/*/*.parquet")
    '/lake/loans/*'
    """
    parts = name.split("/")
    wild = next((n for n, part in enumerate(parts) if _WILD.search(part)), len(parts))
    return "/".join(parts[: wild + 1])


def inside(at: Dataset) -> str | None:
    """Return how the names of all files within a dataset begin; None if it can hold none."""
    if not is_folder_like(at) or not at.name.strip("/"):
        return None
    return f"{posixpath.dirname(fixed(at.name)) if _WILD.search(at.name) else at.name}/"


def holds(at: Dataset, name: str) -> bool:
    """Return whether a folder, or a pattern of files, holds the file or the folder of a name."""
    if not _WILD.search(at.name):
        return name.startswith(f"{at.name}/")
    return fnmatchcase(name, at.name) or fnmatchcase(name, f"{at.name}/*")

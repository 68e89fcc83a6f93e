"""What OpenLineage calls files and folders, on this machine, in a store and behind HTTP.

Several files of one table go by their folder: so do Spark, dbt and Airflow call what they write.
"""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from audit_pipeline.domain.lineage import Dataset
from audit_pipeline.sources.base import Origin
from audit_pipeline.sources.dated import dated_patterns
from audit_pipeline.sources.storage import is_remote

PATTERN = re.compile(r"[*?\[]")
PLACEHOLDER = re.compile(r"\{.*?\}")
ICEBERG_METADATA = re.compile(r"/metadata/[^/]+\.metadata\.json$")
SCHEMES = {
    "s3a": "s3",
    "s3n": "s3",
    "gcs": "gs",
    "abfs": "abfss",
    "az": "abfss",
    "wasb": "wasbs",
}
"""Other names of a store, and the one that OpenLineage's own clients write."""
CONTAINERS = frozenset({"abfss", "wasbs"})
"""Schemes where what stands before an @ is no user: `abfss://container@account.…`."""
OBJECT_STORES = frozenset({"s3", "gs", *CONTAINERS})
"""Whose keys do not begin with a slash; paths of all others do."""
PORTS = {"http": 80, "https": 443}


def origin_of_files(path: str) -> Origin:
    """Return the dataset that a file is, or the folder of a pattern's or a date's files.

    >>> origin_of_files("s3a://bank/loans/%Y/%m/*.parquet").datasets[0]
    Dataset(namespace='s3://bank', name='loans')
    """
    if not is_remote(path) and Path(path).is_file():  # read as it is: see `find_files`
        return origin_of_table(path)
    if path.lower().startswith(("http://", "https://")):
        path = re.split("[?#]", path, maxsplit=1)[0]  # what follows is no pattern
    pattern = dated_patterns(path, None)[0]
    return origin_of_table(_before(pattern, PATTERN))


def origin_of_table(path: str) -> Origin:
    """Return the dataset that one file, or the folder of a Delta table, is: nothing is a pattern.

    >>> origin_of_table("/data/loans/").datasets[0]
    Dataset(namespace='file', name='/data/loans')
    """
    if not is_remote(path):
        return Origin(datasets=(Dataset("file", os.path.abspath(path)),))  # noqa: PTH100 (asks no disk)
    scheme, _, rest = path.partition("://")
    scheme = SCHEMES.get(scheme.lower(), scheme.lower())
    if scheme in PORTS:
        return origin_of_address(path)
    place, _, key = rest.partition("/")
    if scheme not in CONTAINERS:
        place = place.rpartition("@")[2]
    name = key.strip("/") if scheme in OBJECT_STORES else f"/{key.strip('/')}"
    return Origin(datasets=(Dataset(f"{scheme}://{place}", name or "/"),))


def origin_of_iceberg(path: str) -> Origin:
    """Return the dataset that an Iceberg table is: its folder, for one metadata file, too.

    >>> origin_of_iceberg("s3://bank/loans/metadata/v7.metadata.json").datasets[0]
    Dataset(namespace='s3://bank', name='loans')
    """
    return origin_of_table(ICEBERG_METADATA.sub("", path))


def origin_of_address(url: str) -> Origin:
    """Return the dataset behind an HTTP address: host and path, up to where a window is filled in.

    Nothing of a query string is in it: that may hold a token.

    >>> origin_of_address("https://api.example.org:443/v1/loans?since={start}").datasets[0]
    Dataset(namespace='https://api.example.org', name='/v1/loans')
    """
    parts = urlsplit(url)
    scheme, host = parts.scheme.lower(), parts.netloc.rpartition("@")[2].lower()
    host = host.removesuffix(f":{PORTS.get(scheme, '')}")
    path = _before(parts.path, PLACEHOLDER).rstrip("/")
    return Origin(datasets=(Dataset(f"{scheme}://{host}", path or "/"),))


def _before(path: str, pattern: re.Pattern[str]) -> str:
    """Return the folders of a path before the first part with a pattern in it; or all of it."""
    parts = path.split("/")
    end = next((n for n, part in enumerate(parts) if pattern.search(part)), len(parts))
    return "/".join(parts[:end]) or ("/" if path.startswith("/") else "")

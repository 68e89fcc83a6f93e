"""The door to object stores: opens one through fsspec, and says what its errors mean.

Amazon S3, and what speaks like it, is tested. Google Cloud Storage (`gs://`), Azure (`abfs://`) and
every other protocol of fsspec go by the same door, untested, each with its own package.
"""

import contextlib
import errno
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from audit_pipeline.audits.settings import Settings
from audit_pipeline.sources.base import SourceError

FileSystem = Any  # fsspec ships no types
PROTOCOL = re.compile(r"^([a-z][a-z0-9+.-]+)://", re.IGNORECASE)
SECRET = re.compile(r"secret|password|passwd|token|credential|(access|account|api)_?key|^key$|sas")
FROM_THE_ENVIRONMENT = (
    "credentials come from the environment (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or"
    " AWS_PROFILE) or the machine's role, never from an audit file"
)
CONNECT_SECONDS = 10
EXTRAS = {
    "s3": 'pip install "audit-pipeline[s3]"',
    "s3a": 'pip install "audit-pipeline[s3]"',
    "gs": "pip install gcsfs",
    "gcs": "pip install gcsfs",
    "abfs": "pip install adlfs",
    "abfss": "pip install adlfs",
}
GONE = "there is no such place: is the name of the bucket right?"
REFUSED = f"the store refused access: {FROM_THE_ENVIRONMENT}; they must allow to list and to read"
NAMED = {
    "NoCredentialsError": f"no credentials were found: {FROM_THE_ENVIRONMENT}",
    "PartialCredentialsError": f"the credentials are not complete: {FROM_THE_ENVIRONMENT}",
    "ProfileNotFound": "the profile that AWS_PROFILE names is not in the AWS configuration",
    "FileExpired": "a file changed while it was read; it is read again when it stands still",
    "EndpointConnectionError": "the store cannot be reached: is `endpoint_url` right, is it up?",
    "ConnectTimeoutError": "the store did not answer in time",
    "ReadTimeoutError": "the store stopped answering",
}
"""What errors of the stores' libraries mean, by name: the libraries may not be installed."""


class Storage(Settings):
    """How an object store is reached, where the address alone does not tell."""

    endpoint_url: str | None = None
    """Of a store that speaks S3 and is not Amazon's: `https://minio.example.org:9000`."""
    region: str | None = None
    """The region of the bucket, where the AWS configuration does not say it."""
    anonymous: bool = False
    """Whether the bucket is public and is read without credentials."""
    timeout_seconds: float = Field(default=60, gt=0)
    """How long the store may be silent before it is given up."""

    @model_validator(mode="before")
    @classmethod
    def _no_secrets(cls, value: Any) -> Any:  # noqa: ANN401 (what a user wrote)
        found = [str(key) for key in value] if isinstance(value, dict) else []
        if secrets := [key for key in found if SECRET.search(key.lower())]:
            raise ValueError(f"take {secrets[0]!r} out: {FROM_THE_ENVIRONMENT}")
        return value

    @field_validator("endpoint_url")
    @classmethod
    def _an_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("`endpoint_url` begins with http:// or https://")
        return value if value is None else without_password(value)


def is_remote(path: str) -> bool:
    """Return whether a path is an address in a store, such as `s3://bucket/rows.csv`."""
    return PROTOCOL.match(path) is not None


def without_password(address: str) -> str:
    """Return an address as it is, if it holds no user, password or signature.

    Raises:
        ValueError: It does.
    """
    user, at, _ = urlsplit(address).netloc.rpartition("@")
    if at and ":" in user:
        raise ValueError(f"the address holds a password: take it out; {FROM_THE_ENVIRONMENT}")
    if re.search(r"[?&](X-Amz-|sig=|signature=|token=)", address, re.IGNORECASE):
        raise ValueError(f"the address holds a signature: take it out; {FROM_THE_ENVIRONMENT}")
    if "::" in address:
        raise ValueError("chains of addresses (`::`) are not supported; write one address")
    return address


def open_storage(path: str, storage: Storage | None) -> FileSystem:
    """Return the file system that an address is in.

    Nothing it lists is remembered, so that a second look is one.

    Raises:
        SourceError: The package for it is not installed, or there is no such protocol.
    """
    found = PROTOCOL.match(path)
    protocol = found[1].lower() if found else "file"
    try:
        # imported here, so that only who reads from a store pays
        import fsspec  # type: ignore[import-untyped] # noqa: PLC0415

        options = _s3(storage or Storage()) if protocol in {"s3", "s3a"} else {}
        files = fsspec.filesystem(
            protocol, skip_instance_cache=True, use_listings_cache=False, **options
        )
    except ImportError as error:
        needed = EXTRAS.get(protocol, f"the package of fsspec for {protocol}://")
        raise SourceError(f"{path} cannot be read without another package: {needed}") from error
    except ValueError as error:
        raise SourceError(f"{path}: fsspec knows no protocol {protocol}://") from error
    if protocol in {"s3", "s3a"}:
        files.retries = 1  # ours are enough: a store that hangs must not hang the audit
    return files


def _s3(storage: Storage) -> dict[str, object]:
    return {
        "anon": storage.anonymous,
        "endpoint_url": storage.endpoint_url,
        "client_kwargs": {"region_name": storage.region} if storage.region else {},
        "config_kwargs": {
            "connect_timeout": min(CONNECT_SECONDS, storage.timeout_seconds),
            "read_timeout": storage.timeout_seconds,
            "retries": {"max_attempts": 1},
        },
    }


@contextlib.contextmanager
def reaching(path: str) -> Iterator[None]:
    """Turn an error of the store at `path` into one that says what to do; its own words never."""
    try:
        yield
    except SourceError:
        raise
    except Exception as error:
        if is_of_the_disk(error):
            raise  # of this machine: no fault of the source
        raise SourceError(f"{path} cannot be read: {_meaning(error)}") from error


def is_of_the_disk(error: Exception) -> bool:
    """Return whether an error says that this machine's disk is full."""
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}


def _meaning(error: Exception) -> str:
    kind = type(error).__name__
    if kind in NAMED:
        return NAMED[kind]
    if isinstance(error, PermissionError):
        return REFUSED
    if isinstance(error, FileNotFoundError):
        return GONE
    return f"the store failed with {kind}; try again, and look at its own log"

"""Where an audit file says that files are: beside itself, elsewhere, or in a store."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

from audit_pipeline.sources.dated import need_known_directives
from audit_pipeline.sources.storage import is_remote, without_password


def _beside_the_audit_file(path: str, info: ValidationInfo) -> str:
    folder = (info.context or {}).get("folder")
    if is_remote(path):
        return without_password(path)
    return _below(folder.resolve(), path) if folder else path


def _below(folder: Path, path: str) -> str:
    """Return a path below a folder, in whose own name a percent sign is no date."""
    whole = str((folder / path).resolve())
    shared = os.path.commonpath([folder, whole])
    return shared.replace("%", "%%") + whole.removeprefix(shared)


FilePath = Annotated[
    str, AfterValidator(need_known_directives), AfterValidator(_beside_the_audit_file)
]
"""A file, or a pattern such as `day=%Y-%m-%d/part-*.parquet`, relative to the audit file's folder;
`%Y`, `%m`, `%d` and `%H` stand for the date and hour of the rows in it. An address such as
`s3://bucket/day=%Y-%m-%d/*.parquet` is one, too."""


def _folder_beside_the_audit_file(path: str, info: ValidationInfo) -> str:
    folder = (info.context or {}).get("folder")
    if is_remote(path):
        return without_password(path)
    return str((folder / path).resolve()) if folder else path


TablePath = Annotated[str, AfterValidator(_folder_beside_the_audit_file)]
"""The folder or file of a table that knows its own files, relative to the audit file's folder; or
an address such as `s3://bucket/table`."""

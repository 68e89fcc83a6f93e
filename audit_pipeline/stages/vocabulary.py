"""What audit files may name, gathered from the catalogues; and reading them with it."""

import functools
from dataclasses import dataclass
from pathlib import Path

from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import AuditFile, AuditFileError, read_audit
from audit_pipeline.audits.vocabulary import Vocabulary
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.models.catalog import MODEL_FORMATS
from audit_pipeline.sources.catalog import SOURCES

VOCABULARY = Vocabulary(
    sources={name: source.settings for name, source in SOURCES.items()},
    metrics={name: metric.limit for name, metric in METRICS.items()},
    model_formats=tuple(MODEL_FORMATS),
)


class UnknownAuditError(Exception):
    """The home has no audit of that name; the message names those it has."""


def load_audit_file(home: Home, name: str) -> AuditFile:
    """Return the audit `name` of a home.

    Raises:
        UnknownAuditError: There is no such audit.
        AuditFileError: Its file is wrong.
    """
    names = home.audit_names()
    if name not in names:
        known = ", ".join(names) or "none"
        raise UnknownAuditError(f"there is no audit {name!r} in {home.audits}; there are: {known}")
    return read_audit(home.audits / f"{name}.yaml", VOCABULARY)


@dataclass(frozen=True, slots=True)
class AuditFiles:
    """The audit files of a home, by name: those that can be used, and of the others why not."""

    usable: list[AuditFile]
    broken: list[AuditFileError]


def load_audit_files(home: Home) -> AuditFiles:
    """Return all audit files of a home; none where there is no folder of them.

    Who wants to know their names alone asks `home.audit_names()`, which opens no file.
    """
    found = AuditFiles(usable=[], broken=[])
    for path in home.audit_paths():
        try:
            found.usable.append(_read(path))
        except AuditFileError as error:
            found.broken.append(error)
    return found


def _read(path: Path) -> AuditFile:
    try:
        raw = path.read_bytes()
    except OSError:
        return read_audit(path, VOCABULARY)  # which says what is wrong with it
    return parsed(path, raw)


@functools.lru_cache(maxsize=2048)
def parsed(path: Path, raw: bytes) -> AuditFile:
    """Return what an audit file says, read once for each content: the daemon looks every minute.

    Raises:
        AuditFileError: It is wrong.
    """
    return read_audit(path, VOCABULARY, raw)

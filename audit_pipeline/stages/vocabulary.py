"""What audit files may name, gathered from the catalogues; and reading them with it."""

from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import AuditFile, read_audit
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
    path = home.audits / f"{name}.yaml"
    if path not in home.audit_paths():
        known = ", ".join(p.stem for p in home.audit_paths()) or "none"
        raise UnknownAuditError(f"there is no audit {name!r} in {home.audits}; there are: {known}")
    return read_audit(path, VOCABULARY)

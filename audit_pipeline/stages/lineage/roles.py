"""What each column is to an audit, in words for people."""

from collections.abc import Iterator

from audit_pipeline.audits.audit import Audit


def roles_of(audit: Audit) -> dict[str, tuple[str, ...]]:
    """Return the roles of each declared column, what matters most to a reader first."""
    found: dict[str, tuple[str, ...]] = {}
    for role, name in _declared(audit):
        if name is not None:
            found[name] = (*found.get(name, ()), role)
    return found


def _declared(audit: Audit) -> Iterator[tuple[str, str | None]]:
    columns = audit.columns
    if columns.prediction is not None:
        yield "prediction", columns.prediction.label
        yield "score", columns.prediction.score
    if columns.target is not None:
        yield "outcome", columns.target.column
    yield from (("protected attribute", name) for name in columns.groups)
    yield from (("feature", name) for name in columns.features)
    yield "id", columns.id
    yield "time", columns.timestamp.column
    yield "row weight", columns.weight
    yield "model version", columns.version
    yield "response time", columns.latency

"""What an audit file may name: the extensions that exist, told to the reader from above."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from audit_pipeline.audits.settings import Settings
from audit_pipeline.domain.limit import Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Names an audit file may use: source kinds with their settings, metrics, model formats."""

    sources: Mapping[str, type[Settings]]
    metrics: Mapping[str, Limit] = field(default_factory=dict)
    """Each metric with its default limit."""
    model_formats: Collection[str] = field(default_factory=tuple)

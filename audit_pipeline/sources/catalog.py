"""Every kind of source in this package, by name."""

from collections.abc import Mapping
from typing import Any

from audit_pipeline import sources
from audit_pipeline.catalog import discover
from audit_pipeline.sources.base import Source

SOURCES: Mapping[str, Source[Any]] = discover(sources, "SOURCE", Source)

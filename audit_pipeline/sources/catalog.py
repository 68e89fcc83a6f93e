"""Every kind of source in `kinds/`, by name."""

from collections.abc import Mapping
from typing import Any

from audit_pipeline.catalog import discover
from audit_pipeline.sources import kinds
from audit_pipeline.sources.base import Source

SOURCES: Mapping[str, Source[Any]] = discover(kinds, "SOURCE", Source)

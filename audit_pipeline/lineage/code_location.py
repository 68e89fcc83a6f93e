"""DRAFT (owner D replaces this)."""

from pathlib import Path

from audit_pipeline.lineage.told import CodeLocation


def code_location(file: Path) -> CodeLocation | None:  # noqa: ARG001
    """DRAFT."""
    return None

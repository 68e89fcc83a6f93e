"""DRAFT of audit-pipeline lineage status."""


def command() -> None:
    """DRAFT."""

"""DRAFT of audit-pipeline lineage serve."""


def command() -> None:
    """DRAFT."""

"""DRAFT of audit-pipeline lineage show."""


def command() -> None:
    """DRAFT."""

"""DRAFT of audit-pipeline lineage ship."""


def command() -> None:
    """DRAFT."""

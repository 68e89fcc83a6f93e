"""Who tells: the address that every event and every facet of ours carries."""

from audit_pipeline import __version__

PRODUCER = f"urn:audit-pipeline:{__version__}"
"""A URN with our version: there is no page to point to."""

SOURCE = "AUDIT_PIPELINE"
"""The same as catalogues show it, beside a tag or a job."""

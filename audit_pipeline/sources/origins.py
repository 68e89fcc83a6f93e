"""What OpenLineage calls the places that tables come from."""

from urllib.parse import urlsplit

from audit_pipeline.domain.lineage import Dataset
from audit_pipeline.sources.base import Origin
from audit_pipeline.sources.storage import is_remote


def origin_of_path(path: str) -> Origin:
    """Return the dataset that a file, a folder or a pattern of files is."""
    if not is_remote(path):
        return Origin(datasets=(Dataset("file", path),))
    parts = urlsplit(path)
    return Origin(datasets=(Dataset(f"{parts.scheme}://{parts.netloc}", parts.path.lstrip("/")),))

"""The model file an audit pins."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelArtefact:
    """A model file, the format it is read in, and the digest it must have."""

    path: Path
    format: str
    sha256: str

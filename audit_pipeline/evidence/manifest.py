"""The manifest: the SHA-256 of every file of an audit's evidence, so that a change shows."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit_pipeline.store.atomic import read_json, write_json

NAME = "manifest.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that is not what the manifest says."""

    file: str
    what: str


def write_manifest(folder: Path, about: Mapping[str, Any]) -> None:
    """Write `manifest.json` into `folder`: what the evidence is about, and every file's digest.

    It is not signed: it shows damage and honest mistakes, not a forger who rewrites it too.
    """
    content = {
        "format": FORMAT,
        "signed": False,
        **about,
        "files": [
            {"name": name, "sha256": _sha256(path), "bytes": path.stat().st_size}
            for name, path in _files(folder).items()
        ],
    }
    write_json(folder / NAME, content)


def compare(folder: Path) -> list[Difference]:
    """Return where a folder of evidence differs from its manifest; none is good."""
    listed = {entry["name"]: entry["sha256"] for entry in read_json(folder / NAME)["files"]}
    found = set(_files(folder))
    changed = [
        name for name in sorted(found & set(listed)) if _sha256(folder / name) != listed[name]
    ]
    return [
        *(Difference(name, "is listed and not there") for name in sorted(set(listed) - found)),
        *(Difference(name, "is there and not listed") for name in sorted(found - set(listed))),
        *(Difference(name, "was changed") for name in changed),
    ]


def _files(folder: Path) -> dict[str, Path]:
    """Return every file in the folder and the folders in it, by its path from there."""
    paths = [path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()]
    named = {path.relative_to(folder).as_posix(): path for path in paths}
    return {name: named[name] for name in sorted(named) if name != NAME}


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

"""A manifest shows every file of the evidence that was changed, added or taken away."""

import hashlib
from pathlib import Path

import pytest

from audit_pipeline.evidence.manifest import Difference, compare, write_manifest
from audit_pipeline.store.atomic import read_json


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Evidence of three files, one in a folder of its own, with its manifest."""
    (tmp_path / "pictures").mkdir()
    (tmp_path / "report.html").write_bytes(b"<html>")
    (tmp_path / "audit.yaml").write_bytes(b"format: 1\n")
    (tmp_path / "pictures" / "drift.svg").write_bytes(b"<svg>")
    write_manifest(tmp_path, {"audit": "credit", "window": "2016"})
    return tmp_path


def test_the_manifest_lists_every_file_with_its_digest_and_size(folder: Path) -> None:
    content = read_json(folder / "manifest.json")
    assert content["files"] == [
        {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        for name, data in (
            ("audit.yaml", b"format: 1\n"),
            ("pictures/drift.svg", b"<svg>"),
            ("report.html", b"<html>"),
        )
    ]
    assert (content["audit"], content["window"]) == ("credit", "2016")
    assert (content["format"], content["signed"]) == (1, False)


def test_evidence_as_it_was_written_does_not_differ(folder: Path) -> None:
    assert compare(folder) == []


def test_the_same_evidence_has_the_same_manifest(folder: Path) -> None:
    before = (folder / "manifest.json").read_bytes()
    write_manifest(folder, {"window": "2016", "audit": "credit"})
    assert (folder / "manifest.json").read_bytes() == before


@pytest.mark.parametrize("name", ["report.html", "pictures/drift.svg"])
def test_a_changed_file_is_found_even_if_its_size_is_the_same(name: str, folder: Path) -> None:
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[::-1])
    assert compare(folder) == [Difference(name, "was changed")]


@pytest.mark.parametrize("name", ["extra.txt", ".hidden", "pictures/extra.svg"])
def test_an_added_file_is_found(name: str, folder: Path) -> None:
    (folder / name).touch()
    assert compare(folder) == [Difference(name, "is there and not listed")]


@pytest.mark.parametrize("name", ["audit.yaml", "pictures/drift.svg"])
def test_a_removed_file_is_found(name: str, folder: Path) -> None:
    (folder / name).unlink()
    assert compare(folder) == [Difference(name, "is listed and not there")]


def test_all_differences_are_told(folder: Path) -> None:
    (folder / "report.html").write_bytes(b"forged")
    (folder / "audit.yaml").rename(folder / "renamed.yaml")
    assert compare(folder) == [
        Difference("audit.yaml", "is listed and not there"),
        Difference("renamed.yaml", "is there and not listed"),
        Difference("report.html", "was changed"),
    ]

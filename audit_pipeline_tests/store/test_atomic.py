"""A file is whole or not there, whatever happens while it is written."""

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from audit_pipeline.store.atomic import (
    atomic_write,
    canonical_json,
    read_json,
    replace_folder,
    write_json,
)

REPOSITORY = Path(__file__).parents[2]
CRASH = """
import os, signal, sys
from pathlib import Path
from audit_pipeline.store.atomic import atomic_write

with atomic_write(Path(sys.argv[1])) as sink:
    sink.write(b"half of the new")
    sink.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_file_appears_with_its_folder_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file.bin"
    with atomic_write(path) as sink:
        sink.write(b"content")
        assert not path.exists()
    assert path.read_bytes() == b"content"
    assert [found.name for found in path.parent.iterdir()] == ["file.bin"]


def test_an_error_in_the_middle_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(b"old")

    def write() -> None:
        with atomic_write(path) as sink:
            sink.write(b"half of the new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write()
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["file.bin"]


def test_a_process_killed_in_the_middle_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(b"old")
    died = subprocess.run([sys.executable, "-c", CRASH, str(path)], cwd=REPOSITORY, check=False)
    assert died.returncode == -9
    assert path.read_bytes() == b"old"


def test_one_content_has_one_form(tmp_path: Path) -> None:
    first, second = {"b": [1.5, None, True], "a": "é"}, {"a": "é", "b": [1.5, None, True]}
    assert canonical_json(first) == canonical_json(second)
    path = tmp_path / "file.json"
    write_json(path, first)
    assert path.read_bytes() == canonical_json(first)
    assert read_json(path) == first


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_json_cannot_say_is_refused(number: float, tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(path, {"value": number})
    assert list(tmp_path.iterdir()) == []


def test_a_folder_takes_the_place_of_an_unfinished_one(tmp_path: Path) -> None:
    final = tmp_path / "evidence" / "2016"
    for content in ("first", "second"):
        draft = tmp_path / "draft"
        draft.mkdir()
        (draft / f"{content}.txt").write_text(content)
        replace_folder(draft, final)
        assert not draft.exists()
        assert [found.name for found in final.iterdir()] == [f"{content}.txt"]
    assert [found.name for found in final.parent.iterdir()] == ["2016"]


def test_every_file_of_a_folder_is_on_disk_before_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, final = tmp_path / "draft", tmp_path / "evidence" / "new" / "2016"
    (draft / "inner").mkdir(parents=True)
    files = [draft / "report.html", draft / "inner" / "snapshot.parquet"]
    for file in files:
        file.write_text("content")
    wanted = {path.stat().st_ino for path in (draft, draft / "inner", *files)}
    before: set[int] = set()
    after: set[int] = set()
    sync = os.fsync

    def watched(handle: int) -> None:
        (after if final.exists() else before).add(os.fstat(handle).st_ino)
        sync(handle)

    monkeypatch.setattr(os, "fsync", watched)
    replace_folder(draft, final)
    assert wanted <= before
    assert final.parent.stat().st_ino in after
    for made in (tmp_path, tmp_path / "evidence"):  # that hold the folders made on the way
        assert made.stat().st_ino in before
    assert (final / "inner" / "snapshot.parquet").read_text() == "content"


def test_a_name_that_is_no_utf_8_does_not_keep_a_file_from_being_written(tmp_path: Path) -> None:
    name = os.fsdecode(b"part-\xff.csv")
    write_json(tmp_path / "result.json", {"files": [name, "\\" + name], name: "\x00 é"})
    assert read_json(tmp_path / "result.json") == {
        "files": ["part-\\udcff.csv", "\\part-\\udcff.csv"],
        "part-\\udcff.csv": "\x00 é",
    }

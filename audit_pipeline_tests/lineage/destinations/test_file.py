"""Events in a file: one a line, whole, whatever a crash left there."""

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

from audit_pipeline.audits.destination import FileTransport
from audit_pipeline.lineage.destinations.base import Allowed, Answer, Unreachable
from audit_pipeline.lineage.destinations.file import LineFile
from audit_pipeline.store.outbox import Entry
from audit_pipeline_tests.lineage.queued import as_waiting, event

A, B = event("a", 0), event("a", 1)
LONG = Allowed(1e12, 1e12)


def deliver(path: Path, *entries: Entry) -> dict[int, Answer]:
    file = LineFile(FileTransport(log_file_path=str(path)))
    return file.deliver(as_waiting(entries), LONG)


def test_each_event_is_a_line_and_the_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "events.jsonl"

    assert deliver(path, A, B) == {1: None, 2: None}
    assert deliver(path, A) == {1: None}
    assert path.read_bytes() == b"".join(entry.body + b"\n" for entry in (A, B, A))


def test_half_a_line_left_by_a_crash_is_ended_first(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(A.body + b"\n" + B.body[:10])

    deliver(path, B)

    assert path.read_bytes().split(b"\n") == [A.body, B.body[:10], B.body, b""]


def test_a_file_that_is_rotated_away_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    deliver(path, A)
    path.rename(tmp_path / "events.jsonl.1")
    deliver(path, B)

    assert path.read_bytes() == B.body + b"\n"


def test_an_event_of_several_lines_becomes_one(tmp_path: Path) -> None:
    indented = json.dumps({"a": 1, "b": "two\nlines"}, indent=1).encode()
    deliver(tmp_path / "f", Entry(**{name: getattr(A, name) for name in fields()}, body=indented))

    (line,) = (tmp_path / "f").read_bytes().splitlines()
    assert json.loads(line) == {"a": 1, "b": "two\nlines"}


def fields() -> list[str]:
    return [name for name in Entry.__slots__ if name != "body"]


def test_a_file_that_cannot_be_written_says_so_and_nothing_is_lost(tmp_path: Path) -> None:
    answers = deliver(tmp_path, A, B)

    assert isinstance(answers[1], Unreachable)
    assert str(answers[1]) == f"the file {tmp_path} cannot be written: Is a directory"
    assert 2 not in answers


def test_a_pipe_that_nobody_reads_does_not_hold_up_anybody(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)

    answers = deliver(path, A)

    assert isinstance(answers[1], Unreachable)
    assert str(answers[1]).endswith("cannot be written: it is no file, but a pipe or a device")


def test_of_a_batch_for_which_the_disk_has_no_room_nothing_stays(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    deliver(path, A)
    code = (
        "import sys; from pathlib import Path;"
        "from audit_pipeline_tests.lineage.destinations.test_file import deliver, A, B;"
        "print(deliver(Path(sys.argv[1]), A, B))"
    )

    def little_room() -> None:  # as a full disk does, it takes a part of a write, then none
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2 * len(A.body), 2 * len(A.body)))

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-B", "-c", code, str(path)],
        preexec_fn=little_room,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
    )

    assert "cannot be written: File too large" in done.stdout
    assert path.read_bytes() == A.body + b"\n"

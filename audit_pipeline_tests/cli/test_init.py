"""The real command, in a script and at a terminal."""

import os
import pty
import select
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline.stages.checking import check_audit
from audit_pipeline_tests.cli.commands import ROOT, command
from audit_pipeline_tests.stages.small import changed, people

MAIN = "from audit_pipeline.cli import main; main()"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a table of loans."""
    pq.write_table(people(), tmp_path / "loans.parquet")
    return tmp_path / "loans.parquet"


def test_in_a_script_flags_and_guesses_make_an_audit_that_passes_check(data: Path) -> None:
    home = data.parent / "home"
    home.mkdir()
    code, said = command(home, "init", "loans", str(data), "--every", "week", "--owner", "lending")
    assert code == 0, said
    assert f"Written: {home}/audits/loans.yaml" in said
    assert "No baseline was given. It is the first part of the same data" in said
    assert "audit-pipeline run loans" in said
    assert (home / "dagster.yaml").is_file()
    assert check_audit(Home(home), "loans") == []


def test_in_a_script_what_is_needed_is_listed_and_nothing_is_written(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    pq.write_table(changed(people(), day=None), tmp_path / "timeless.parquet")
    code, said = command(home, "init", "loans", str(tmp_path / "timeless.parquet"))
    assert code == 2
    assert "nothing was written, for something is needed that cannot be guessed" in said
    assert "--as-of is needed" in said
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("My Loans", "x.csv"), "it has up to 63 small letters, digits and _, and begins with a"),
        (("My Loans", "x.csv"), "such as my_loans"),
        (("loans", "x.csv", "--every", "fortnight"), "--every fortnight: write one of hour, day"),
        (("loans", "x.csv"), "there is no file or folder at"),
    ],
)
def test_what_cannot_be_done_is_refused(
    tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    code, said = command(tmp_path, "init", *arguments)
    assert code == 2, said
    assert words in said


def test_at_a_terminal_it_asks_and_enter_takes_the_guess(data: Path) -> None:
    home = data.parent / "home"
    home.mkdir()
    said = terminal(
        home, ["init", "loans", str(data), "--every", "week"], ["", "", "SEX", "Small loans.", "us"]
    )
    assert "Which column says what really came out" in said
    assert "guess: repaid (its name is one that outcomes go by)" in said
    text = (home / "audits" / "loans.yaml").read_text()
    assert "purpose: Small loans." in text
    assert "groups: [sex]" in text
    assert "to be written" not in text


def test_ctrl_c_in_the_middle_of_the_questions_leaves_nothing_behind(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, scratch = data.parent / "home", data.parent / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    said = terminal(home, ["init", "loans", str(data), "--every", "week"], ["", "\x03"])
    assert "loans: given up; nothing was written." in said
    assert not home.exists()
    assert list(scratch.iterdir()) == []  # the rows that were looked at are gone


def terminal(home: Path, arguments: list[str], answers: list[str]) -> str:
    """Return what the command shows at a terminal where `answers` are typed, then Enter."""
    environment = os.environ | {"DAGSTER_HOME": str(home), "PYTHONPATH": str(ROOT), "TERM": "dumb"}
    process, screen = pty.fork()
    if process == 0:
        os.execve(  # noqa: S606 (the command itself)
            sys.executable, [sys.executable, "-W", "ignore", "-c", MAIN, *arguments], environment
        )
    said, due, end = "", list(answers), time.monotonic() + 120
    while time.monotonic() < end and (part := _shown(screen)) is not None:
        said += part
        if part.rstrip().endswith(":") and "answer" in part[-80:] and due:
            os.write(screen, f"{due.pop(0)}\n".encode())
    os.waitpid(process, 0)
    os.close(screen)
    return said


def _shown(screen: int) -> str | None:
    """Return what the screen shows next; None when the command has ended."""
    part = ""
    while select.select([screen], [], [], 0.2)[0]:
        try:
            got = os.read(screen, 65536)
        except OSError:  # how Linux says that the other end is gone
            return part or None
        if not got:
            return part or None
        part += got.decode(errors="replace")
    return part

"""Approving from a script and on a terminal: what is shown, asked, refused and kept."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from audit_pipeline.audits.home import Home
from audit_pipeline.cli.app import app
from audit_pipeline.stages.approval import approvals
from audit_pipeline_tests.cli.commands import ROOT
from audit_pipeline_tests.stages.small import NAME, people, write_home

BY = ("--by", "Ann", "--reason", "Release [4]")
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a home whose baseline nobody approved."""
    return write_home(tmp_path, baseline=people(seed=0))


@pytest.fixture
def run(home: Home, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `audit-pipeline baseline …` as a script would."""
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setenv("DAGSTER_HOME", str(home.path))

    def baseline(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["baseline", *arguments])
        return result.exit_code, result.output

    return baseline


def test_a_script_approves_and_sees_what_it_approved(home: Home, run: Run) -> None:
    code, said = run("approve", NAME, *BY, "--yes")
    assert code == 0, said
    assert "rows                 1,500" in said
    assert "known outcomes       1,500 (100.0%)" in said
    assert "No baseline was approved before." in said
    assert said.endswith("Approved by Ann: approval 1.\n")
    (given,) = approvals(home, NAME)
    assert f"fingerprint          {given.fingerprint}" in said
    assert f"digest of the source {given.digest}" in said
    assert given.reason == "Release [4]"
    code, said = run("approve", NAME, *BY, "--yes")
    assert code == 0
    assert f"The same rows are already approved: approval 1, by Ann on {given.at}" in said
    assert "approval 2" in said


def test_another_baseline_is_shown_beside_the_one_in_force(home: Home, run: Run) -> None:
    run("approve", NAME, *BY, "--yes")
    table = people(1000, seed=7)
    moved = table.set_column(2, "income", [table["income"].to_numpy() * 2])
    pq.write_table(moved, home.path / "baseline.parquet")
    said = run("approve", NAME, *BY, "--yes")[1]
    assert "1 of 6 columns moved by more than 0.1 (population stability index): income " in said
    assert "In force until now: approval 1, by Ann on" in said
    assert "1,500 rows." in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("approve", NAME, *BY), "nobody is there to be asked, so add --yes"),
        (("approve", NAME, "--reason", "R", "--yes"), "Nothing was approved: --by is missing."),
        (("approve", NAME, "--by", "Ann", "--yes"), "Nothing was approved: --reason is missing."),
        (("approve", NAME, "--by", " ", "--reason", "R", "--yes"), "--by is empty: say who"),
        (("approve", "loan", *BY, "--yes"), "there is no audit 'loan' in"),
        (("show", "loan"), "there is no audit 'loan' in"),
        (("history", "loan"), "there is no audit 'loan' in"),
    ],
)
def test_what_cannot_be_approved_is_refused(
    home: Home, run: Run, arguments: tuple[str, ...], words: str
) -> None:
    code, said = run(*arguments)
    assert code == 2, said
    assert words in said
    assert approvals(home, NAME) == []


def test_a_baseline_that_is_not_there_is_not_approved(home: Home, run: Run) -> None:
    (home.path / "baseline.parquet").unlink()
    code, said = run("approve", NAME, *BY, "--yes")
    assert (code, approvals(home, NAME)) == (2, [])
    assert "Nothing was approved: there is no file at" in said


def test_show_and_history_before_and_after(home: Home, run: Run) -> None:
    assert "Nobody approved a baseline of loans yet." in run("show", NAME)[1]
    assert "Nobody approved a baseline of loans yet." in run("history", NAME)[1]
    assert json.loads(run("show", NAME, "--json")[1])["approval"] is None
    assert json.loads(run("history", NAME, "--json")[1]) == []
    run("approve", NAME, *BY, "--yes")
    run("approve", NAME, "--by", "Bob", "--reason", "Looked again", "--yes")
    said = run("show", NAME)[1]
    assert "loans: approval 2, by Bob on" in said
    assert "reason               Looked again" in said
    assert "age                  0 days" in said
    assert "source               unchanged since" in said
    shown = json.loads(run("show", NAME, "--json")[1])
    assert (shown["approval"]["number"], shown["covers"]["rows"]) == (2, 1500)
    listed = json.loads(run("history", NAME, "--json")[1])
    assert [(each["number"], each["by"]) for each in listed] == [(2, "Bob"), (1, "Ann")]
    table = run("history", NAME)[1]
    assert table.index("Bob") < table.index("Ann")
    assert "Release [4]" in table


@pytest.mark.parametrize(("answer", "given"), [("y", 1), ("n", 0)])
def test_on_a_terminal_a_person_is_asked(home: Home, answer: str, given: int) -> None:
    keyboard, terminal = pty.openpty()
    main = "from audit_pipeline.cli import main; main()"
    environment = os.environ | {"DAGSTER_HOME": str(home.path), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", main, "baseline", "approve", NAME],
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment | {"COLUMNS": "300"},
        text=True,
    )
    os.write(keyboard, f"Ann\nRelease 4\n{answer}\n".encode())
    said, _ = process.communicate(timeout=120)
    os.close(keyboard)
    os.close(terminal)
    assert "Who approves it: " in said
    assert "Approve it? [y/N]: " in said
    assert process.returncode == (0 if given else 2), said
    assert ("Nothing was approved." in said) is not given
    assert [each.by for each in approvals(home, NAME)] == ["Ann"] * given

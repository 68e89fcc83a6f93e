"""`audit-pipeline health` as cron and probes run it, and ranges of windows: in real processes."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner

from audit_pipeline.audits.home import Home
from audit_pipeline.cli.app import app
from audit_pipeline.cli.audits import newest_window, windows_between
from audit_pipeline.cli.exits import Exit
from audit_pipeline.stages.revision import open_store
from audit_pipeline.store.deadline_tables import watches
from audit_pipeline_tests.cli.commands import command, dagster_home
from audit_pipeline_tests.stages import small

DAYS = {"every": "day", "start": "2024-01-01"}


def in_process(home: Path, *arguments: str, code: int = Exit.OK) -> str:
    """Return what a command says that needs no Dagster; to be read on a wide screen."""
    there = {"COLUMNS": "400", "DAGSTER_HOME": str(home)}  # as it was, afterwards
    done = CliRunner().invoke(app, [*arguments, "--home", str(home)], env=there)
    assert done.exit_code == code, done.output
    return done.output


def test_without_a_daemon_it_says_so_and_writes_no_heartbeat(tmp_path: Path) -> None:
    home = dagster_home(tmp_path / "home")
    beat = tmp_path / "beat"
    begun = time.monotonic()
    code, said = command(home, "health", "--heartbeat", str(beat))
    assert (code, said) == (
        Exit.UNHEALTHY,
        "unhealthy: 1 audit\nthe daemon is not running, and never was: start dagster-daemon\n",
    )
    assert time.monotonic() - begun < 20  # 1.8 s on a machine with nothing else to do
    assert not beat.exists()
    assert in_process(home, "health", "--without-daemon", "--heartbeat", str(beat)) == "1 audit\n"
    assert json.loads(beat.read_text())["healthy"] is True
    assert in_process(home, "health", "--without-daemon", "--quiet") == ""


def test_a_late_audit_is_a_finding_of_the_command_line_alone(tmp_path: Path) -> None:
    home = small.write_home(tmp_path, small.settings(window=DAYS)).path
    with open_store(Home(home).store_url).engine.begin() as connection:
        since = datetime(2026, 1, 1, tzinfo=UTC)
        connection.execute(insert(watches).values(audit=small.NAME, since=since))
    said = in_process(home, "health", "--json", "--without-daemon", code=Exit.UNHEALTHY)
    told = json.loads(said)
    assert told["healthy"] is False
    assert [problem["kind"] for problem in told["problems"]] == ["late"]
    assert "audited_by_deadline" in in_process(home, "findings", "list")


def test_dagster_that_cannot_be_asked_is_a_problem(tmp_path: Path) -> None:
    home = dagster_home(tmp_path / "home")
    (home / "dagster.yaml").write_text("storage: {nonsense: true}\n")
    code, said = command(home, "health")
    assert code == Exit.UNHEALTHY
    assert "Dagster cannot be asked about its daemon: " in said


def test_what_is_wrong_with_dagsters_database_is_said(tmp_path: Path) -> None:
    home = dagster_home(tmp_path / "home")
    (home / "history").mkdir()
    (home / "history" / "runs.db").write_bytes(b"no database" * 100)
    assert "daemon: (sqlite3.DatabaseError) file is not a database" in command(home, "health")[1]


def test_a_pause_is_told_wherever_the_audit_is_looked_at(tmp_path: Path) -> None:
    paused = small.settings(schedule={"paused": "the model is being rebuilt"})
    home = small.write_home(tmp_path, paused).path
    small.audit(Home(home))
    why = "the model is being rebuilt"
    shown = in_process(home, "results", small.NAME)
    assert f"{small.NAME} is paused, and runs by hand only: {why}" in " ".join(shown.split())
    for looked in (("findings", "list"), ("findings", "show", "1")):
        assert f"{small.NAME} is paused" in " ".join(in_process(home, *looked).split())
    assert "(paused:" in in_process(
        home, "list"
    )  # the rest may stand on the next lines of its cell


def test_a_range_of_windows_is_every_one_of_them_the_oldest_first(tmp_path: Path) -> None:
    home = small.write_home(tmp_path)
    quarter = windows_between(home, small.NAME, "2024-11", "2025-01")
    assert quarter == ["2024-11", "2024-12", "2025-01"]
    newest = windows_between(home, small.NAME, "2024-11", None)
    assert newest[-1] == newest_window(home, small.NAME)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--to", "2024-02"), "--to needs --from: name the first window, too"),
        (("--from", "2024-02", "--to", "2024-01"), "'2024-01' is before '2024-02'"),
        (("--from", "2024-01", "--window", "2024-01"), "give one"),
        (("--from", "January"), "write it like '2024-01'"),
    ],
)
def test_a_range_that_is_none_is_refused_with_advice(
    tmp_path: Path, arguments: tuple[str, ...], why: str
) -> None:
    home = small.write_home(tmp_path)
    said = in_process(home.path, "run", small.NAME, *arguments, code=Exit.USAGE)
    assert why in " ".join(said.split())

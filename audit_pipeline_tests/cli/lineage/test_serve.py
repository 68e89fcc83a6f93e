"""The command that receives lineage says where it listens, and why it cannot."""

import signal
import socket
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from audit_pipeline.cli.app import app
from audit_pipeline.cli.exits import Exit
from audit_pipeline.cli.lineage import serve
from audit_pipeline_tests.cli.commands import until
from audit_pipeline_tests.lineage.receiver.running import command_that_receives


def test_a_port_that_is_taken_is_refused_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))  # the command sets it
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(typer.Exit) as refused:
        serve.command(home=tmp_path, port=taken.getsockname()[1])

    assert refused.value.exit_code == Exit.USAGE
    said = capsys.readouterr().err
    assert "nothing can listen at 127.0.0.1, port " in said
    assert said.rstrip().endswith("in use): name another --port, or end what listens there")


def test_an_address_of_another_machine_is_refused_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))  # the command sets it
    with pytest.raises(typer.Exit) as refused:
        serve.command(home=tmp_path, host="192.0.2.1", port=0)  # kept for documentation

    assert refused.value.exit_code == Exit.USAGE
    assert "--host is a name or an address of this machine" in capsys.readouterr().err


def test_a_port_that_cannot_be_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["lineage", "serve", "--port", "70000", "--home", str(tmp_path)])

    assert done.exit_code == Exit.USAGE
    assert "65535" in done.output
    assert "Traceback" not in done.output


def test_whoever_opens_it_to_other_machines_without_a_key_is_warned(tmp_path: Path) -> None:
    with command_that_receives(tmp_path, "--host", "0.0.0.0") as process:  # noqa: S104 (that is what is tested)
        said = until(process, "Receiving at http://0.0.0.0:")
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=60)

    assert "there is no authentication" in said
    assert (process.returncode, rest) == (0, "")


def test_ctrl_c_ends_it_without_a_word(tmp_path: Path) -> None:
    with command_that_receives(tmp_path) as process:
        said = until(process, "Receiving at http://127.0.0.1:")
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)

    assert "Warning" not in said
    assert (process.returncode, rest) == (0, "")

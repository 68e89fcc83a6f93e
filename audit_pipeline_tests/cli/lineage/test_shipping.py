"""Delivering lineage events by hand, and looking how that stands."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from audit_pipeline.cli.app import app
from audit_pipeline.cli.exits import Exit
from audit_pipeline.store.store import Store
from audit_pipeline_tests.lineage.backends import Request, answer, backend
from audit_pipeline_tests.lineage.queued import queue_streams
from audit_pipeline_tests.servers import free_port

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path}/results.db")
    queue_streams(opened, 2, 2)
    yield opened
    opened.close()


@pytest.fixture
def run(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name in ("OPENLINEAGE_URL", "AUDIT_PIPELINE_STORE_URL", "DAGSTER_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str, url: str = "") -> tuple[int, str]:
        if url:
            said = {"transport": {"type": "http", "url": url, "timeout": 0.5}}
            (tmp_path / "openlineage.yml").write_text(json.dumps(said))
        done = CliRunner().invoke(app, ["lineage", *arguments, "--home", str(tmp_path)])
        return done.exit_code, done.output

    return run


def test_nothing_waits_any_more_ends_with_nought(run: Run) -> None:
    with backend() as marquez:
        assert run("ship", url=marquez.url) == (
            Exit.OK,
            f"4 events delivered to {marquez.url}/api/v1/lineage\n",
        )
        assert run("ship") == (Exit.OK, "no event waits\n")


def test_events_that_wait_end_with_six(run: Run) -> None:
    code, said = run("ship")
    assert (code, "4 events waiting; no destination is named" in said) == (Exit.WAITING, True)

    code, said = run("ship", "--seconds", "5", url=f"http://127.0.0.1:{free_port()}")
    assert (code, "nobody listens there" in said) == (Exit.WAITING, True)
    with backend() as marquez:  # it need not be waited for
        assert run("ship", url=marquez.url)[0] == Exit.OK


def test_a_person_sees_how_delivery_stands(run: Run) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    run("ship", url=url)
    code, said = run("status")

    assert code == Exit.OK
    lines = said.splitlines()
    assert lines[0] == f"to: {url}/api/v1/lineage"
    assert lines[1] == "waiting: 4   delivered: 0   set aside: 0"
    assert lines[2].startswith("the oldest waits since 20")
    assert lines[3] == f"problem: {url}/api/v1/lineage: nobody listens there"
    assert lines[4].startswith("failures in a row: 1; next try at 20")


def test_events_that_were_set_aside_are_listed_and_can_wait_again(run: Run) -> None:
    def manner(request: Request, body: bytes) -> None:
        poison = b'"run0000", "place": 1' in body
        (answer(422, "no [facet]") if poison else marquez.accept)(request, body)

    with backend(manner) as marquez:
        assert run("ship", url=marquez.url)[0] == Exit.OK
        _, said = run("status")
        assert "audit-pipeline lineage status --retry-refused" in said
        for told in ("loans", "2024-01", "START 1", "run0000-1", "answered 422: no [facet]"):
            assert told in said
        marquez.manner = marquez.accept
        _, said = run("status", "--retry-refused", "--json")
        told = json.loads(said)
        assert told["tally"] == {"waiting": 1, "delivered": 3, "set_aside": 0}
        assert told["waiting_since"].endswith("+00:00")
        assert run("ship")[0] == Exit.OK

    assert marquez.keys()[-1] == "run0000-1"


def test_a_destination_with_a_typing_error_is_not_said_to_be_none(run: Run, tmp_path: Path) -> None:
    run("ship", url=f"http://127.0.0.1:{free_port()}")
    (tmp_path / "openlineage.yml").write_text("transport: {type: htpp}\n")
    _, said = run("status")

    assert said.splitlines()[0].startswith("to: nowhere, until what names the destination")
    assert "problem: openlineage.yml:1: transport.type: found 'htpp'" in said
    assert "next try" not in said  # that was of another place


def test_a_key_that_is_missing_shows_until_it_is_there(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with backend() as marquez:
        auth = {"type": "api_key", "api_key_env": "CATALOGUE_KEY"}
        said = {"transport": {"type": "http", "url": marquez.url, "auth": auth}}
        (tmp_path / "openlineage.yml").write_text(json.dumps(said))
        assert run("ship")[0] == Exit.WAITING
        assert "problem: the environment has no CATALOGUE_KEY" in run("status")[1]
        monkeypatch.setenv("CATALOGUE_KEY", "geheim")
        assert run("ship")[0] == Exit.OK
        assert "problem" not in run("status")[1]


def test_a_store_that_cannot_be_used_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_PIPELINE_STORE_URL", "sqlite:////no/such/folder/results.db")
    for command in ("ship", "status"):
        code, said = run(command)
        assert code == Exit.USAGE
        assert "the results store at sqlite:////no/such/folder/results.db cannot be used" in said

"""A look at everything says what is wrong, whose it is, and what to do."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import update

from audit_pipeline.audits.home import Home
from audit_pipeline.clock import now
from audit_pipeline.stages.deadlines import surroundings
from audit_pipeline.stages.deadlines.health import Health, look_at_health, write_heartbeat
from audit_pipeline.stages.revision import open_store
from audit_pipeline.store.atomic import read_json
from audit_pipeline.store.claims import Wanted
from audit_pipeline.store.findings import all_findings
from audit_pipeline.store.outbox import LINEAGE, Entry, add
from audit_pipeline.store.owner import Owner, this_process
from audit_pipeline.store.schema import claims
from audit_pipeline_tests.stages import small

DAYS = {"every": "day", "start": "2024-01-01"}
DEAD = Owner(run_id="dead", host="another-machine", pid=1, pid_started=0.0)


class Disk(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture(autouse=True)
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the machine of this test has left."""
    monkeypatch.delenv("OPENLINEAGE_URL", raising=False)
    monkeypatch.delenv("AUDIT_PIPELINE_STORE_URL", raising=False)
    monkeypatch.setattr(surroundings, "FREE_BYTES", 1)


def said(health: Health) -> list[tuple[str, str | None, str]]:
    return [(problem.kind, problem.audit, problem.words) for problem in health.problems]


def test_a_home_in_order_is_healthy(tmp_path: Path) -> None:
    home = small.write_home(tmp_path)
    health = look_at_health(home, now(), lambda: None)
    assert (health.healthy, health.told, health.audits) == (True, "1 audit", 1)


def test_a_late_window_is_told_and_is_a_finding_though_no_daemon_ran(tmp_path: Path) -> None:
    home = small.write_home(tmp_path, small.settings(window=DAYS))
    at = datetime(2024, 3, 10, 18, tzinfo=UTC)
    assert look_at_health(home, at).healthy
    later = look_at_health(home, at + timedelta(days=2))
    words = "2 windows are not audited, and the deadline has passed: 2024-03-11, 2024-03-10"
    assert said(later) == [("late", small.NAME, words)]
    assert later.told == f"unhealthy: 1 audit\n{small.NAME}: {words}"
    (finding,) = all_findings(open_store(home.store_url).engine)
    assert finding.check.name == "audited_by_deadline"
    report = small.audit(home, "2024-01-02").report  # every report shows what stands
    assert "Audited by deadline" in report


def test_a_paused_audit_is_no_problem_and_is_told_with_its_reason(tmp_path: Path) -> None:
    paused = small.settings(window=DAYS, schedule={"paused": "the model is being rebuilt"})
    health = look_at_health(small.write_home(tmp_path, paused), now())
    assert health.healthy
    assert health.as_json()["paused"] == {small.NAME: "the model is being rebuilt"}
    assert health.told == f"1 audit\n{small.NAME}: paused: the model is being rebuilt"


def test_what_is_wrong_with_the_daemon_is_told_in_its_words(tmp_path: Path) -> None:
    health = look_at_health(small.write_home(tmp_path), now(), lambda: "the daemon is not running")
    assert said(health) == [("daemon", None, "the daemon is not running")]


def test_an_audit_file_that_cannot_be_read_hides_no_other(tmp_path: Path) -> None:
    home = small.write_home(tmp_path)
    (home.audits / "broken.yaml").write_text("name: [")
    health = look_at_health(home, now())
    ((kind, audit, words),) = said(health)
    assert (kind, audit, health.audits) == ("audit_file", "broken", 1)
    assert words.startswith("its file cannot be used: ")


def test_an_audit_whose_file_broke_is_late_as_it_would_have_been(tmp_path: Path) -> None:
    home = small.write_home(tmp_path, small.settings(window=DAYS))
    at = datetime(2024, 3, 10, 18, tzinfo=UTC)
    assert look_at_health(home, at).healthy
    small.audit(home, "2024-01-02")  # its file is kept with what it audited
    (home.audits / f"{small.NAME}.yaml").write_text("name: [")
    broken, late = said(look_at_health(home, at + timedelta(days=2)))
    assert broken[:2] == ("audit_file", small.NAME)
    assert late[:2] == ("late", small.NAME)
    assert "audited_by_deadline" in {
        finding.check.name for finding in all_findings(open_store(home.store_url).engine)
    }


def test_a_folder_of_audits_that_came_to_be_empty_is_no_home_without_audits(tmp_path: Path) -> None:
    home = small.write_home(tmp_path)
    file = home.audits / f"{small.NAME}.yaml"
    kept = file.read_bytes()
    file.unlink()
    assert look_at_health(home, now()).told == "0 audits"  # nobody was ever told of one
    file.write_bytes(kept)
    assert look_at_health(home, now()).healthy
    file.unlink()
    ((kind, _, words),) = said(look_at_health(home, now()))
    assert kind == "audit_file"
    assert words.startswith(f"no audit file is left in {home.audits}, and 1 audit was watched")
    file.write_bytes(kept)
    assert look_at_health(home, now()).healthy


def test_a_store_that_was_lost_is_no_home_in_which_nothing_was_audited(tmp_path: Path) -> None:
    home = small.write_home(tmp_path)
    evidence = home.evidence / small.NAME / "2024-01" / "revision-1"
    evidence.mkdir(parents=True)
    assert look_at_health(home, now()).healthy  # a folder is no evidence
    (evidence / "manifest.json").write_text("{}")
    ((kind, _, words),) = said(look_at_health(home, now()))
    assert kind == "store"
    assert "knows of no audit, and there is evidence of audits" in words
    small.audit(home)
    assert look_at_health(home, now()).healthy


def test_a_run_that_died_or_hangs_is_stuck_once_nobody_finished_it_for_long(tmp_path: Path) -> None:
    home = small.write_home(tmp_path)
    store = open_store(home.store_url)
    for window, owner in (("2024-01", DEAD), ("2024-02", this_process("a-run"))):
        store.claim(Wanted(audit=small.NAME, window=window, content=window), owner)
    long_ago = Wanted(audit="gone", window="2024-01", content="rows")
    store.claim(long_ago, DEAD)  # of an audit that is not there any more
    assert look_at_health(home, now()).healthy
    with store.engine.begin() as connection:
        past = now() - timedelta(hours=7)
        connection.execute(update(claims).values(claimed=past, beat=past))
    found = said(look_at_health(home, now()))
    assert [(kind, audit) for kind, audit, _ in found] == [("stuck", small.NAME)] * 2
    told = "\n".join(words for *_, words in found)
    assert f"audit-pipeline run {small.NAME} --window 2024-01" in told
    assert "the run at 2024-02 works since" in told


def test_events_that_wait_for_long_are_told_where_somebody_is_named_to_take_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = small.write_home(tmp_path)
    entry = Entry(
        channel=LINEAGE, key="k", stream="s", audit=small.NAME, window="", about="x", body=b"{}"
    )
    with open_store(home.store_url).engine.begin() as connection:
        add(connection, [entry])
    in_two_hours = now() + timedelta(hours=2)
    assert look_at_health(home, in_two_hours).healthy
    monkeypatch.setenv("OPENLINEAGE_URL", "http://127.0.0.1:9")
    assert look_at_health(home, now()).healthy
    ((kind, _, words),) = said(look_at_health(home, in_two_hours))
    assert kind == "outbox"
    assert words.startswith("lineage events wait since ")


def test_a_disk_that_is_nearly_full_is_told_before_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = small.write_home(tmp_path)
    monkeypatch.setattr(surroundings, "FREE_BYTES", 1_000_000_000)
    few = Disk(total=10**12, used=10**12, free=12_000_000)
    monkeypatch.setattr("shutil.disk_usage", lambda _: few)
    ((kind, _, words),) = said(look_at_health(home, now()))
    assert kind == "disk"
    assert "12 MB are free, 1,000 MB should be: make room" in words


def test_a_store_that_cannot_be_used_is_a_problem_and_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = small.write_home(tmp_path)
    monkeypatch.setenv("AUDIT_PIPELINE_STORE_URL", f"sqlite:///{tmp_path}/nowhere/results.db")
    ((kind, _, words),) = said(look_at_health(home, now()))
    assert kind == "store"
    assert "unable to open database file" in words


def test_a_store_that_fails_while_it_is_asked_is_a_problem_too(tmp_path: Path) -> None:
    home = small.write_home(tmp_path)
    assert look_at_health(home, now()).healthy
    with sqlite3.connect(tmp_path / "results.db") as connection:
        connection.execute("DROP TABLE audit_watches")
    ((kind, _, words),) = said(look_at_health(home, now()))
    assert (kind, words) == (
        "store",
        "the results store cannot be used: no such table: audit_watches",
    )


def test_a_heartbeat_is_written_whole_and_says_when(tmp_path: Path) -> None:
    home = small.write_home(tmp_path)
    at = datetime(2026, 3, 29, 2, 30, tzinfo=UTC)
    write_heartbeat(tmp_path / "beat", look_at_health(home, at))
    told = {"at": "2026-03-29T02:30:00+00:00", "healthy": True, "audits": 1}
    assert read_json(tmp_path / "beat") == told
    assert not list(tmp_path.glob(".beat*"))


def test_a_heartbeat_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    home = small.write_home(tmp_path)
    (tmp_path / "beat").mkdir()
    health = write_heartbeat(tmp_path / "beat", look_at_health(home, now()))
    ((kind, _, words),) = said(health)
    assert (kind, words) == (
        "heartbeat",
        f"the heartbeat {tmp_path / 'beat'} cannot be written: Is a directory",
    )
    assert health.as_json()["healthy"] is False


def test_a_home_without_audits_says_so(tmp_path: Path) -> None:
    ((kind, _, words),) = said(look_at_health(Home(tmp_path), now()))
    assert (kind, words) == ("audit_file", f"no folder of audits at {tmp_path / 'audits'}")

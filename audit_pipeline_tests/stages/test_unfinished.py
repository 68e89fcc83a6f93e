"""What a dead process leaves is finished: with gaps, by the limits it began with, never twice."""

from pathlib import Path

import yaml

from audit_pipeline.audits.home import Home
from audit_pipeline.stages import work
from audit_pipeline.stages.ingest import reserve
from audit_pipeline.store.owner import Owner
from audit_pipeline_tests.stages.small import (
    JANUARY,
    NAME,
    audit,
    begin,
    finish,
    make_baseline,
    write_home,
)


def test_a_process_killed_while_it_reads_leaves_a_report_with_gaps(tmp_path: Path) -> None:
    home = write_home(tmp_path)
    killed = begin(home)
    dead = Owner(run_id=killed.run_id, host="elsewhere", pid=1, pid_started=0.0)
    killed.store.reserve(NAME, JANUARY, dead)
    with killed.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit_claims SET beat = '2020-01-01 00:00:00.000000'")
    run = begin(home)
    for stage in (work.verdicts, work.report, work.evidence):
        stage(run)
    (sealed,) = run.store.sealed(NAME, JANUARY)
    assert sealed.verdict == "gap"
    assert not sealed.complete
    assert "snapshot crashed: the process ended before this stage did" in sealed.record["headlines"]
    assert (run.evidence_folder(1) / "report.html").exists()


def test_after_it_the_window_is_audited_again(tmp_path: Path) -> None:
    test_a_process_killed_while_it_reads_leaves_a_report_with_gaps(tmp_path)
    assert audit(Home(tmp_path)).revision == 2


def test_a_reader_that_lives_keeps_its_window(tmp_path: Path) -> None:
    home = write_home(tmp_path)
    reserve(begin(home))
    other = begin(home)
    assert other.adopt() is not None
    assert other.adopt().state == "in_progress"  # type: ignore[union-attr]


def test_who_finishes_an_audit_judges_by_the_file_it_began_with(tmp_path: Path) -> None:
    home = write_home(tmp_path)
    run = begin(home)
    make_baseline(home, run.file)
    taken = work.snapshot(run)
    path = home.audits / f"{NAME}.yaml"
    began_with = path.read_bytes()
    said = yaml.safe_load(began_with)
    path.write_text(yaml.safe_dump(said | {"owner": "somebody else"}))
    later = begin(home).as_claimed()
    assert later.audit.owner == run.audit.owner
    finished = finish(run.as_claimed(), taken)
    assert (finished.folder / "audit.yaml").read_bytes() == began_with
    assert finished.record["audit_file_sha256"] == run.file.sha256

import json
import shutil
from pathlib import Path

import pytest
import yaml

from audit_pipeline_tests.cli.commands import ROOT, command, dagster_home, reports
from audit_pipeline_tests.stages.small import NAME, settings, write_audit

TYPO = """
format: 1
name: broken
purpse: Decides on small loans.
risk: enormous
task: binary
"""
METRIC = '''
"""Breaks."""

from audit_pipeline.domain.limit import Limit
from audit_pipeline.metrics.base import Metric, Reading
from audit_pipeline.metrics.scopes import WholeWindow
from audit_pipeline.profiles.profile import Profile


def broken(profile: Profile) -> Reading:
    raise ZeroDivisionError("the value 31415 of 'Jane Doe'")


METRIC = Metric(
    title="Broken", asset="performance", measure=WholeWindow(broken), limit=Limit(warn=1, fail=2)
)
'''


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home of one audited window, and one broken audit beside it."""
    folder = dagster_home(tmp_path_factory.mktemp("cli") / "home")
    (folder / "audits" / "broken.yaml").write_text(TYPO)
    code, said = command(folder, "run", NAME, "-w", "2024-01")
    assert code == 0, said
    assert "✓ pass" in said
    assert f"{folder}/evidence/loans/2024-01/revision-1/report.html" in said
    return folder


def test_results_as_json_are_the_whole_record(home: Path) -> None:
    code, said = command(home, "results", NAME, "--json")
    assert code == 0
    record = json.loads(said)
    assert (record["audit"], record["verdict"], record["revision"]) == (NAME, "pass", 1)
    assert len(record["outcomes"]) == 61


def test_results_for_people_count_what_passed(home: Path) -> None:
    code, said = command(home, "results", NAME)
    assert code == 0
    assert "loans 2024-01, revision 1: ✓ pass" in said
    assert "further checks passed; --json prints all of them." in said


def test_the_list_shows_verdicts_and_broken_files(home: Path) -> None:
    code, said = command(home, "list")
    assert code == 0
    (line,) = [line for line in said.splitlines() if "loans" in line]
    assert "2024-01" in line
    assert "✓ pass" in line
    assert "broken" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "loan", "-w", "2024-01"), "there is no audit 'loan' in"),
        (("run", NAME, "-w", "2199-01"), "which is in the future: a window is audited once it has"),
        (("run", NAME, "-w", "January"), "'January' is no window of this audit"),
        (("run", NAME, "-w", "1999-01"), "'1999-01' is outside this audit, which begins with"),
        (("run", "broken", "-w", "2024-01"), "broken.yaml:4: purpse: unknown key 'purpse'"),
        (("results", "loan"), "no window of 'loan' was audited yet"),
        (("results", NAME, "-w", "2024-02"), "was not audited; audited are: 2024-01"),
        (("results", NAME, "--revision", "9"), "has no revision 9; it has: 1"),
        (("list", "--home", "/nowhere"), "no home folder at /nowhere (from --home)"),
        (("run", "--windw", "2024-01"), "No such option"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(
    home: Path, arguments: tuple[str, ...], words: str
) -> None:
    code, said = command(home, *arguments)
    assert code == 2, said
    assert words in said
    assert "Traceback" not in said


def test_check_lists_every_problem_of_a_file(home: Path) -> None:
    code, said = command(home, "check")
    assert code == 2
    assert "loans: good" in said
    assert "broken: problems" in said
    assert "broken.yaml:4: purpse: unknown key 'purpse' (did you mean 'purpose'?)" in said
    assert "broken.yaml:5: risk: found 'enormous'" in said
    assert "the key 'owner' is missing" in said
    assert "the key 'columns' is missing" in said


def test_a_second_run_says_that_the_window_is_audited(home: Path) -> None:
    code, said = command(home, "run", NAME, "-w", "2024-01")
    assert code == 0
    assert "already audited; add --again to audit it once more" in said
    assert reports(home) == ["2024-01/revision-1"]


def test_missing_data_ends_with_code_3_and_a_report(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "home")
    (tmp_path / "home" / "current.parquet").unlink()
    code, said = command(tmp_path / "home", "run", NAME, "-w", "2024-01")
    assert code == 3, said
    assert "61 checks could not be made: there is no file at" in said
    assert reports(tmp_path / "home") == ["2024-01/revision-1", "2024-01/revision-2"]


def test_a_failure_ends_with_code_1(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "home")
    write_audit(tmp_path / "home", settings(limits={"row_count": {"fail": 10_000}}))
    code, said = command(tmp_path / "home", "run", NAME, "-w", "2024-01")
    assert code == 1, said
    assert "✗ fail" in said
    assert "row_count of all rows: the value 1,500 is below the failure limit 10,000" in said


def test_a_metric_that_raises_ends_with_code_4_and_a_report(tmp_path: Path) -> None:
    skip = shutil.ignore_patterns("*.parquet", "__pycache__")
    shutil.copytree(ROOT / "audit_pipeline", tmp_path / "audit_pipeline", ignore=skip)
    metrics = tmp_path / "audit_pipeline" / "metrics" / "performance"
    (metrics / "broken_metric.py").write_text(METRIC)
    home = dagster_home(tmp_path / "home")
    code, said = command(home, "run", NAME, "-w", "2024-01", root=tmp_path)
    assert code == 4, said
    assert "performance crashed: broken_metric of all rows: the metric crashed: Zero" in said
    assert "31415" not in said
    assert reports(home) == ["2024-01/revision-1"]
    record = json.loads(command(home, "results", NAME, "--json", root=tmp_path)[1])
    assert record["verdict"] == "gap"
    gaps = [o["check"]["name"] for o in record["outcomes"] if o["verdict"] == "gap"]
    assert gaps == ["broken_metric"]
    logs = "".join(path.read_text() for path in (home / "logs").iterdir())
    assert "in broken" in logs


def test_the_audit_file_of_the_evidence_is_the_one_that_was_run(home: Path) -> None:
    kept = home / "evidence" / "loans" / "2024-01" / "revision-1" / "audit.yaml"
    assert yaml.safe_load(kept.read_text())["name"] == NAME

"""Audits from Python."""

from pathlib import Path

import pytest

from audit_pipeline import load_audit, results, run_audit
from audit_pipeline.api import RunError
from audit_pipeline.audits.reader import AuditFileError
from audit_pipeline.stages.reading import NoResultsError
from audit_pipeline.stages.vocabulary import UnknownAuditError
from audit_pipeline_tests.cli.commands import dagster_home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home whose audit has not run yet."""
    return dagster_home(tmp_path_factory.mktemp("api") / "home")


def test_an_audit_is_run_and_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    with pytest.raises(NoResultsError, match="no window of 'loans' was audited yet"):
        results("loans")
    ended = run_audit("loans", ["2024-01", "2024-02"])
    assert [(r["window"], r["state"], r["verdict"], r["red"]) for r in ended] == [
        ("2024-01", "audited", "pass", False),
        ("2024-02", "audited", "gap", False),
    ]
    assert all(Path(r["report"]).exists() for r in ended)
    assert results("loans", "2024-01")["verdict"] == "pass"
    assert results("loans")["window"]["key"] == "2024-02"
    (again,) = run_audit("loans", "2024-01", again=True)
    assert (again["revision"], again["state"]) == (2, "audited")
    assert results("loans", "2024-01", revision=1)["revision"] == 1


def test_an_audit_is_read_with_its_settings(home: Path) -> None:
    audit = load_audit("loans", home)
    assert (audit.name, audit.risk, audit.window.every) == ("loans", "high", "month")


def test_what_cannot_be_run_raises_with_the_reason(home: Path) -> None:
    with pytest.raises(RunError, match="there is no audit 'loan' in"):
        run_audit("loan", "2024-01", home)
    with pytest.raises(RunError, match="which is in the future"):
        run_audit("loans", "2199-01", home)
    with pytest.raises(UnknownAuditError, match="there are: loans"):
        load_audit("loan", home)


def test_a_wrong_file_raises_with_every_line(tmp_path: Path) -> None:
    home = dagster_home(tmp_path / "home")
    (home / "audits" / "loans.yaml").write_text("format: 1\nname: loans\nrisk: huge\n")
    with pytest.raises(AuditFileError, match=r"loans\.yaml:3: risk: found 'huge'"):
        load_audit("loans", home)
    with pytest.raises(RunError, match=r"loans\.yaml:3: risk: found 'huge'"):
        run_audit("loans", "2024-01", home)

"""Whatever breaks, the report is written, with gaps, and the run is red."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.report.catalog import SECTIONS
from audit_pipeline.stages import drift, measuring, report, rule_rows, snapshot, work
from audit_pipeline_tests.stages.small import audit, begin, finish, settings, write_home

RULE = {"expect": "expect_column_values_to_be_between", "kwargs": {"column": "income"}}


QUOTED = "the value 31415 of Jane O'Brien Mary"


def broken(*_: object, **__: object) -> None:
    raise ZeroDivisionError(QUOTED)


SAID = "ZeroDivisionError in "  # and where, but none of its words


@pytest.mark.parametrize(
    ("module", "name", "stage", "gaps"),
    [
        (snapshot, "gather", "snapshot", 61),
        (drift, "profile_table", "profile", 61),
        (drift, "measure_asset", "drift", 38),
    ],
)
def test_a_stage_that_raises_leaves_gaps_and_a_report(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    module: object,
    name: str,
    stage: str,
    gaps: int,
) -> None:
    home = write_home(tmp_path)
    work.baseline(home, begin(home).file)
    working: Callable[..., object] = getattr(module, name)
    raises: Callable[..., object] = broken

    def sometimes(*given: object) -> object:
        return working(*given) if stage == "drift" and given[-1] != "drift" else raises()

    monkeypatch.setattr(module, name, sometimes)
    audited = audit(home)
    assert audited.verdict == "gap"
    assert len(audited.gaps()) == gaps
    assert audited.tells(f"{stage} crashed: {SAID}")
    assert audited.tells(f"{gaps} checks could not be made: {SAID}")
    assert audited.red is not None
    assert f"the report is written, with gaps, but: {stage} crashed ({SAID}" in audited.red
    assert "31415" not in audited.red + audited.headlines + audited.report


def test_a_metric_that_raises_takes_no_other_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = METRICS["roc_auc"]
    measure = replace(one.measure, compute=broken)  # type: ignore[type-var]  # a dataclass
    metrics = {**METRICS, "roc_auc": replace(one, measure=measure)}
    monkeypatch.setattr(measuring, "METRICS", metrics)
    audited = audit(write_home(tmp_path))
    assert audited.verdict == "gap"
    assert audited.gaps() == {("roc_auc", "all rows")}
    assert audited.red is not None
    assert "performance crashed (roc_auc of all rows: the metric crashed" in audited.red


def test_rules_that_cannot_be_run_are_gaps_beside_what_was_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_rows, "run_rules_apart", broken)
    audited = audit(write_home(tmp_path, settings(rules=[RULE])))
    assert audited.verdict == "gap"
    assert audited.gaps() == {("column_values_to_be_between_income", "income")}
    assert audited.tells(f"the rules could not be run: {SAID}")
    assert audited.red is not None


def test_what_a_killed_process_did_not_come_to_are_gaps(tmp_path: Path) -> None:
    home = write_home(tmp_path)
    run = begin(home)
    work.baseline(home, run.file)
    taken = work.snapshot(run)
    work.profile(run)
    work.metrics(run, "drift")
    audited = finish(run, taken)
    assert audited.verdict == "gap"
    assert audited.tells("performance crashed: the process ended before this stage did")
    assert audited.outcome("kolmogorov_smirnov", "income")["verdict"] == "pass"
    assert len(audited.outcomes) == 61
    assert audited.red is not None


def test_a_crashed_audit_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = write_home(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(drift, "profile_table", broken)
        assert audit(home).verdict == "gap"
    second = audit(home)
    assert (second.state, second.revision, second.verdict) == ("granted", 2, "pass")


def test_a_section_that_raises_does_not_cost_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = replace(SECTIONS["drift"], write=broken)
    monkeypatch.setattr(report, "SECTIONS", {**SECTIONS, "drift": one})
    audited = audit(write_home(tmp_path))
    assert audited.verdict == "pass"
    assert "This section could not be written: something broke." in audited.report
    assert audited.red is not None
    assert f"report crashed (the section '{one.title}' broke: {SAID}" in audited.red


def test_a_damaged_profile_does_not_cost_the_report(tmp_path: Path) -> None:
    home = write_home(tmp_path)
    run = begin(home)
    work.baseline(home, run.file)
    taken = work.snapshot(run)
    damaged = run.revision(taken.claim).path / "profile.parquet"
    damaged.write_bytes(b"half a profile")
    work.metrics(run, "drift")
    audited = finish(run, taken)
    assert audited.verdict == "gap"
    assert "drift crashed" in audited.headlines


def test_the_log_quotes_no_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(drift, "profile_table", broken)
    with caplog.at_level(logging.DEBUG):
        audit(write_home(tmp_path))
    assert "profile crashed" in caplog.text
    assert "in broken" in caplog.text  # where it broke
    assert "Jane" not in caplog.text
    assert "31415" not in caplog.text

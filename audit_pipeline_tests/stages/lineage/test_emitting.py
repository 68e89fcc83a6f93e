import logging
from pathlib import Path

import pytest
from sqlalchemy import text

from audit_pipeline.audits.home import Home
from audit_pipeline.stages import work
from audit_pipeline.stages.lineage.reconciling import reconcile
from audit_pipeline.stages.revision import open_store
from audit_pipeline.store.open_runs import left_open
from audit_pipeline.store.schema import claims
from audit_pipeline_tests.lineage.spec import errors_of, loose_ends_of, needs_spec
from audit_pipeline_tests.stages import small
from audit_pipeline_tests.stages.lineage.written import events_of, transitions

STAGES = (
    "snapshot",
    "profile",
    "rule_results",
    "drift",
    "performance",
    "fairness",
    "explanations",
    "verdicts",
    "report",
    "evidence",
)
RULES = [
    {
        "expect": "expect_column_values_to_be_between",
        "kwargs": {"column": "income", "min_value": 0, "max_value": 4000},
        "name": "income_is_plausible",
    },
    {
        "expect": "expect_table_row_count_to_be_between",
        "kwargs": {"min_value": 1},
        "name": "rows_are_there",
    },
]


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose one window was audited, with rules, by a whole run."""
    home = small.write_home(tmp_path_factory.mktemp("audited"), small.settings(rules=RULES))
    small.audit(home)
    return home


def test_every_stage_begins_and_completes_within_the_audit(audited: Home) -> None:
    events = [event for event in events_of(audited) if event.job != "baseline"]
    assert transitions(events)[0] == ("", "START")
    assert transitions(events)[-1] == ("", "COMPLETE")
    inner = transitions(events)[1:-1]
    assert inner == [(job, end) for job in STAGES for end in ("START", "COMPLETE")]
    assert len({event.run for event in events}) == len(STAGES) + 1
    root = events[0].run
    for event in events[1:-1]:
        assert event.facets["parent"]["run"]["runId"] == root
        assert event.facets["parent"]["root"]["run"]["runId"] == root
    assert {event.entry.stream for event in events} == {root}
    assert not left_open(open_store(audited.store_url).engine)


@needs_spec
def test_every_event_of_a_whole_audit_is_one_of_openlineage(audited: Home) -> None:
    events = events_of(audited)
    assert len(events) == 2 * (len(STAGES) + 2)
    for event in events:
        assert errors_of(event.entry.body) == [], event.entry.about
        assert loose_ends_of(event.entry.body) == [], event.entry.about


def test_a_column_leads_through_every_dataset_to_the_verdict(audited: Home) -> None:
    made = {
        output["name"]: output["facets"]["columnLineage"]["fields"]
        for event in events_of(audited)
        for output in event.said.get("outputs", ())
        if event.transition == "COMPLETE" and "columnLineage" in output.get("facets", {})
    }

    def rests_on(dataset: str, field: str) -> set[tuple[str, str]]:
        return {(of["name"], of["field"]) for of in made[dataset][field]["inputFields"]}

    place = str(audited.path / "current.parquet")
    assert rests_on("loans.snapshot", "income") == {(place, "income")}
    assert rests_on("loans.profile", "income") == {("loans.snapshot", "income")}
    check = "population_stability_index(income)"
    both = {("loans.profile", "income"), ("loans.baseline", "income")}
    assert rests_on("loans.drift", check) == both
    assert ("loans.drift", check) in rests_on("loans.verdicts", "verdict")
    auc = {("loans.profile", "score"), ("loans.profile", "repaid")}
    assert auc <= rests_on("loans.performance", "roc_auc(all rows)")
    rule = rests_on("loans.rule_results", "income_is_plausible(income)")
    assert rule == {("loans.snapshot", "income")}


def test_rules_and_metrics_are_assertions_on_what_they_read(audited: Home) -> None:
    completed = {e.job: e.said for e in events_of(audited) if e.transition == "COMPLETE"}
    read = {each["name"]: each for each in completed["rule_results"]["inputs"]}
    rules = read["loans.snapshot"]["inputFacets"]["dataQualityAssertions"]["assertions"]
    assert {rule["name"] for rule in rules} >= {
        "income_is_plausible(income)",
        "rows_are_there(table)",
    }
    failed = next(rule for rule in rules if rule["name"] == "income_is_plausible(income)")
    assert failed["success"] is False
    assert failed["severity"] == "error"
    assert failed["column"] == "income"
    read = {each["name"]: each for each in completed["drift"]["inputs"]}
    metrics = read["loans.profile"]["inputFacets"]["dataQualityAssertions"]["assertions"]
    stable = [m for m in metrics if m["assertion"] == "population_stability_index"]
    assert {m["column"] for m in stable} >= {"income", "region"}
    assert all(m["expected"] and m["actual"] for m in stable)
    tests = completed["verdicts"]["run"]["facets"]["test"]["tests"]
    assert len(tests) == len(small_outcomes(audited))


def small_outcomes(home: Home) -> list[small.Outcome]:
    """Return the outcomes that the store has."""
    sealed = open_store(home.store_url).sealed(small.NAME, small.JANUARY)
    found: list[small.Outcome] = sealed[-1].record["outcomes"]
    return found


def test_no_value_of_a_row_is_in_any_event(tmp_path: Path) -> None:
    rows = small.people(1500)
    secret = ["Zuzanna Q. Ostrowska-Nguyen"] + ["north"] * 1499
    home = small.write_home(tmp_path, current=small.changed(rows, region=secret))
    small.audit(home)
    assert all(b"Zuzanna" not in event.entry.body for event in events_of(home))


def test_a_source_that_is_not_there_fails_its_stage_and_says_why(tmp_path: Path) -> None:
    home = small.write_home(tmp_path)
    (tmp_path / "current.parquet").unlink()
    small.audit(home)
    failed = {event.job: event for event in events_of(home) if event.transition == "FAIL"}
    assert "snapshot" in failed
    said = failed["snapshot"].facets["errorMessage"]["message"]
    assert "current.parquet" in said
    for event in events_of(home):  # its checks are gaps, made from no column
        assert loose_ends_of(event.entry.body) == [], event.entry.about
    assert not left_open(open_store(home.store_url).engine)


def test_a_crash_fails_its_stage_and_the_audit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = small.write_home(tmp_path)

    def crash(*_: object) -> None:
        raise ZeroDivisionError("4711 O'Brien")

    monkeypatch.setattr("audit_pipeline.stages.drift.profile_table", crash)
    small.audit(home)
    events = events_of(home)
    failed = {event.job: event for event in events if event.transition == "FAIL"}
    assert {"profile", ""} <= set(failed)
    assert "ZeroDivisionError" in failed["profile"].facets["errorMessage"]["message"]
    assert all(b"O'Brien" not in event.entry.body for event in events)


def test_a_window_that_was_audited_is_left_alone_and_its_run_completes(tmp_path: Path) -> None:
    home = small.write_home(tmp_path)
    small.audit(home)
    before = len(events_of(home))
    again = small.begin(home)
    work.snapshot(again)
    later = transitions(events_of(home)[before:])
    assert later == [
        ("", "START"),
        ("snapshot", "START"),
        ("snapshot", "COMPLETE"),
        ("", "COMPLETE"),
    ]


def test_lineage_that_cannot_be_written_costs_no_audit_and_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    home = small.write_home(tmp_path)
    with open_store(home.store_url).engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TRIGGER full BEFORE INSERT ON audit_outbox"
                " WHEN NEW.channel = 'lineage'"
                " BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"
            )
        )
    with caplog.at_level(logging.ERROR):
        audited = small.audit(home)
    assert audited.red is None
    assert not events_of(home)
    assert "lineage of drift could not be written" in caplog.text
    assert "could not be written" in audited.report
    with open_store(home.store_url).engine.connect() as connection:
        assert {row.state for row in connection.execute(claims.select())} == {"sealed"}


def test_what_a_crash_left_open_is_aborted_once(tmp_path: Path) -> None:
    home = small.write_home(tmp_path)
    store = open_store(home.store_url)
    run = small.begin(home)
    small.make_baseline(home, run.file)
    work.snapshot(run)
    assert reconcile(store) == 0  # this process lives
    with store.engine.begin() as connection:  # as if it had been another, which is gone
        connection.execute(text("UPDATE audit_lineage_runs SET pid_started = 1"))
    assert reconcile(store) == 1  # the audit; its snapshot had ended
    assert reconcile(store) == 0
    last = events_of(home)[-1]
    assert (last.job, last.transition) == ("", "ABORT")
    assert "the process ended" in last.facets["errorMessage"]["message"]
    assert len({event.entry.key for event in events_of(home)}) == len(events_of(home))


def test_lineage_that_breaks_is_said_in_its_place_and_costs_no_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = small.write_home(tmp_path)

    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("audit_pipeline.stages.lineage.reporting.graph_of", breaks)
    audited = small.audit(home)
    assert audited.red is None
    assert "What the verdict rests on could not be put together" in audited.report
    assert len(events_of(home)) == 2 * (len(STAGES) + 2)  # no event was lost by it


def test_events_that_cannot_be_counted_are_not_told_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = small.write_home(tmp_path)

    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("audit_pipeline.stages.lineage.reporting.tally", breaks)
    report = small.audit(home).report
    assert "could not be read from the store" in report
    assert "No lineage events were written" not in report

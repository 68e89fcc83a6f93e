import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import audit_pipeline
from audit_pipeline.audits.home import Home
from audit_pipeline.stages.checking import check_audit, examine
from audit_pipeline.stages.proposal import looking
from audit_pipeline.stages.proposal.propose import Proposal
from audit_pipeline.stages.proposal.questions import NeedsError, ProposalError, Question
from audit_pipeline_tests.stages.proposal.proposing import proposed, written
from audit_pipeline_tests.stages.small import changed, people

EXAMPLE = Path(audit_pipeline.__path__[0]) / "examples" / "employment_ma"
Made = tuple[dict[str, Any], Proposal, Home]
MODEL_READS = (
    *("AGEP", "SCHL", "MAR", "RELP", "DIS", "ESP", "CIT", "MIG", "MIL", "ANC", "NATIVITY"),
    *("DEAR", "DEYE", "DREM", "SEX", "RAC1P"),
)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with January's loans and December's, on which the model was approved."""
    folder = tmp_path_factory.mktemp("two")
    names = [f"Person {n}" for n in range(1500)]
    mails = [f"p{n}@example.org" for n in range(1500)]
    january = changed(people(), customer_name=names, contact=mails, branch=["one"] * 1500)
    written(january, folder / "january.parquet")
    written(changed(january, id=np.arange(1500)), folder / "december.parquet")
    return folder


@pytest.fixture(scope="module")
def loans(two: Path) -> Made:
    """Return the audit proposed for January's loans, made once."""
    return proposed(two, two / "january.parquet", baseline=str(two / "december.parquet"))


def test_roles_are_found_and_the_file_passes_check(loans: Made) -> None:
    audit, proposal, home = loans
    columns = audit["columns"]
    assert columns["id"] == "id"
    assert columns["timestamp"] == "day"
    assert columns["target"] == {"column": "repaid", "positive": 1}
    assert columns["prediction"] == {"label": "approved", "score": "score"}
    assert columns["groups"] == ["sex"]
    assert columns["features"] == ["income", "region"]
    assert audit["window"]["every"] == "month"  # 1,500 rows in 28 days: 54 a day, 375 a week
    assert check_audit(home, "loans") == []
    assert proposal.newest == "2024-01"


def test_what_looks_personal_is_left_out_and_said(loans: Made) -> None:
    audit, proposal, _ = loans
    text = proposal.path.read_text()
    assert not {"customer_name", "contact", "branch"} & set(audit["columns"]["features"])
    said = "\n".join(proposal.warnings)
    assert "customer_name (looks personal: by its name it holds a name)" in said
    assert "contact (looks personal: its values look like e-mail addresses)" in said
    assert "(it has the same value in every row): branch" in text
    assert "Person 1" not in text
    assert "@example.org" not in text


def test_without_a_baseline_the_first_windows_are_it(tmp_path: Path) -> None:
    months = [people(month=date(2024, month, 1), seed=month) for month in (1, 2, 3, 4, 5)]
    data = written(pa.concat_tables(months), tmp_path / "all.parquet")
    audit, proposal, home = proposed(tmp_path, data)
    assert audit["window"]["start"] == date(2024, 2, 1)  # 20 % of 7,500 rows is January
    assert audit["baseline"]["table"]["path"] == "../data/loans/baseline.parquet"
    assert any("the 1,500 rows before 2024-02-01" in said for said in proposal.warnings)
    found = examine(home, "loans")
    assert found.problems == []
    assert not any("stand in the current data too" in said for said in found.warnings)


def test_a_table_without_times_needs_a_day_and_an_agreement(tmp_path: Path) -> None:
    data = written(changed(people(), day=None, id=None), tmp_path / "timeless.parquet")
    with pytest.raises(NeedsError) as raised:
        proposed(tmp_path, data)
    (need,) = raised.value.needs
    assert need.startswith("--as-of is needed: no column says when a row happened")
    with pytest.raises(NeedsError, match="--baseline is needed: all rows are of one window"):
        proposed(tmp_path, data, as_of=date(2024, 1, 31))
    audit, proposal, home = proposed(tmp_path, data, as_of=date(2024, 1, 31), yes=True)
    assert (audit["columns"]["id"], audit["columns"]["timestamp"]) == ("row_number", "audited_at")
    assert audit["baseline"] == audit["current"]
    assert any("drift is nil and says nothing" in said for said in proposal.warnings)
    assert check_audit(home, "loans") == []


def test_a_day_that_has_not_ended_is_refused(tmp_path: Path) -> None:
    data = written(changed(people(), day=None), tmp_path / "timeless.parquet")
    with pytest.raises(ProposalError, match="that day has not ended"):
        proposed(tmp_path, data, as_of=date(2199, 1, 1))


def test_predictions_in_other_words_than_the_target_are_translated(tmp_path: Path) -> None:
    rows = people()
    words = ["high" if score > 0.5 else "low" for score in rows["score"].to_pylist()]
    data = written(changed(rows, approved=words, score=None), tmp_path / "words.parquet")
    audit, _, home = proposed(tmp_path, data, every="week", target="repaid", prediction="approved")
    assert audit["columns"]["prediction"] == {"label": "approved_class", "score": None}
    assert audit["current"]["table"]["path"] == "../data/loans/current.parquet"
    assert "positive where approved is high" in " ".join(
        (home.audits / "loans.yaml").read_text().replace("#", "").split()
    )
    assert check_audit(home, "loans") == []


def test_a_feature_that_tells_the_outcome_is_called_leakage(tmp_path: Path) -> None:
    rows = people()
    told = np.asarray(rows["repaid"].to_pylist()) * 10.0 + np.linspace(0, 1, rows.num_rows)
    data = written(changed(rows, balance=told), tmp_path / "leaky.parquet")
    _, proposal, home = proposed(tmp_path, data, every="week")
    assert any(
        "look like leakage; known in time? balance (it alone tells the outcome (AUC 1.000))" in said
        for said in proposal.warnings
    )
    assert any("'balance' looks like leakage" in said for said in examine(home, "loans").warnings)


def test_a_file_that_is_there_is_not_written_over(two: Path, loans: Made) -> None:
    _, proposal, _ = loans
    before = proposal.path.read_bytes()
    with pytest.raises(ProposalError, match="exists already and may have been worked on; --force"):
        proposed(two, two / "january.parquet")
    assert proposal.path.read_bytes() == before


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"target": "Repaid_"}, "--target Repaid_: the data has no such column; did you mean"),
        ({"positive": "2"}, "--positive 2: 'repaid' has no such value; it has: 0, 1"),
        ({"score": "income"}, "--score income: a score is a probability between 0 and 1"),
        ({"timestamp": "region"}, "--timestamp region: the column is string and no time"),
        ({"baseline": "/nowhere.csv"}, "there is no file or folder at /nowhere.csv"),
        ({"model": Path("model.pkl")}, "there is no such file"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(
    two: Path, tmp_path: Path, wishes: dict[str, Any], words: str
) -> None:
    with pytest.raises(ProposalError) as raised:
        proposed(tmp_path, two / "january.parquet", **wishes)
    assert words in str(raised.value)
    assert not list(tmp_path.rglob("loans.yaml"))


def test_on_a_terminal_only_what_is_not_plain_is_asked(two: Path, tmp_path: Path) -> None:
    asked: list[Question] = []

    def ask(question: Question) -> str | None:
        asked.append(question)
        return question.guess

    proposed(
        tmp_path, two / "january.parquet", ask, baseline=str(two / "december.parquet"), owner="us"
    )
    assert [q.flag for q in asked] == ["--target", "--prediction", "--group", "--purpose"]
    assert asked[0].guess == "repaid"


def test_a_latin_1_csv_with_semicolons_and_words_for_nothing_is_read(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes(b"".join(_lines()))
    audit, _, home = proposed(tmp_path, path, every="month", id="id")
    table = audit["current"]["table"]
    assert (table["encoding"], table["null"]) == ("latin-1", "NA")
    assert audit["columns"]["timestamp"] == {"column": "day", "format": "%d.%m.%Y"}
    assert "income" in audit["columns"]["features"]  # numbers, once NA stands for none
    assert check_audit(home, "loans") == []


def test_a_models_own_features_are_declared_and_its_digest_pinned(tmp_path: Path) -> None:
    audit, _, home = proposed(
        tmp_path,
        EXAMPLE / "people_2016_2018.parquet",
        baseline=str(EXAMPLE / "baseline_2015.parquet"),
        trained_on=str(EXAMPLE / "training_2015.parquet"),
        model=EXAMPLE / "model.json",
        target="employed",
    )
    assert audit["model"]["format"] == "xgboost_json"
    assert audit["model"]["sha256"].startswith("07c4c676efdf")
    assert set(audit["columns"]["features"]) == set(MODEL_READS)
    assert audit["columns"]["timestamp"] == {"column": "year", "format": "year"}
    found = examine(home, "loans")
    assert found.problems == []
    assert not any("trained on" in said for said in found.warnings)


def test_a_baseline_of_training_rows_is_told_by_check(tmp_path: Path) -> None:
    training = str(EXAMPLE / "training_2015.parquet")
    _, _, home = proposed(
        tmp_path,
        EXAMPLE / "people_2016_2018.parquet",
        baseline=training,
        trained_on=training,
        model=EXAMPLE / "model.json",
        target="employed",
    )
    words = "100% of the baseline's ids stand in the data the model was trained on"
    assert any(words in said for said in examine(home, "loans").warnings)


def test_a_folder_by_day_is_read_live_with_the_day_of_its_path(tmp_path: Path) -> None:
    rows = people(3000)
    for day in range(1, 8):
        part = changed(rows.slice(day * 300, 300), day=None)
        written(part, tmp_path / "live" / f"day=2024-01-{day:02d}" / "part.parquet")
    audit, proposal, home = proposed(tmp_path, tmp_path / "live", every="day")
    assert audit["current"]["table"]["path"] == "../../live/day=%Y-%m-%d/part.parquet"
    assert audit["columns"]["timestamp"] == "day"
    assert audit["baseline"]["table"]["path"] == "../data/loans/baseline.parquet"
    assert audit["window"]["start"] == date(2024, 1, 3)  # a fifth of 2,100 rows, but at least 500
    assert proposal.newest == "2024-01-07"
    assert check_audit(home, "loans") == []


def test_a_table_of_a_database_is_read_where_it_is(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "loans.db") as database:
        database.execute("CREATE TABLE loans (id INTEGER, day TEXT, income REAL, repaid INTEGER)")
        listed = [(n, f"2024-{n % 4 + 1:02d}-15", 1000.0 + n, n % 3 % 2) for n in range(4000)]
        database.executemany("INSERT INTO loans VALUES (?, ?, ?, ?)", listed)
    database.close()
    audit, _, home = proposed(tmp_path, f"sqlite:///{tmp_path}/loans.db#loans")
    table = audit["current"]["table"]
    assert (table["kind"], table["table"]) == ("sql", "loans")
    assert audit["columns"]["timestamp"] == {"column": "day", "format": "%Y-%m-%d"}
    assert audit["baseline"]["table"]["kind"] == "parquet"
    assert check_audit(home, "loans") == []


def test_of_a_long_table_of_a_database_the_ends_are_asked_and_the_first_rows_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "LOOK", 1000)
    with sqlite3.connect(tmp_path / "loans.db") as database:
        database.execute("CREATE TABLE loans (id INTEGER, day TEXT, income REAL, repaid INTEGER)")
        listed = [(n, f"2024-{n // 1000 + 1:02d}-15", float(n % 7), n % 2) for n in range(4000)]
        database.executemany("INSERT INTO loans VALUES (?, ?, ?, ?)", listed)
    database.close()
    baseline = written(people(), tmp_path / "baseline.parquet")
    audit, proposal, home = proposed(
        tmp_path,
        f"sqlite:///{tmp_path}/loans.db#loans",
        baseline=str(baseline),
        every="month",
    )
    assert audit["current"]["table"]["url"] == "sqlite:///../../loans.db"
    window = audit["window"]
    assert (window["start"], window["end"]) == (date(2024, 1, 1), date(2024, 5, 1))
    assert audit["columns"]["features"] == ["income"]
    said = " ".join(proposal.warnings)
    assert "looks like a column of the baseline alone" in said
    assert "come from the first 1,000 rows of the table, which has 4,000" in said
    assert "its first and last time, 2024-01-15 and 2024-04-15" in said
    rules = [rule["expect"] for rule in audit["rules"]]
    assert "expect_table_row_count_to_be_between" not in rules  # nobody counted them
    assert check_audit(home, "loans") == []


def test_a_dated_folder_whose_rows_have_no_time_is_told_how_to_give_one(tmp_path: Path) -> None:
    for day in (1, 2):
        rows = changed(people(600), day=None, id=np.arange(600) + 600 * day)
        written(rows, tmp_path / "live" / f"2024-01-{day:02d}" / "part.parquet")
    with pytest.raises(NeedsError) as raised:
        proposed(tmp_path, tmp_path / "live", yes=True)
    (need,) = raised.value.needs
    assert "--as-of is needed" in need
    assert "named key=value, such as day=2026-01-31" in need
    audit, _, home = proposed(tmp_path, tmp_path / "live", yes=True, as_of=date(2024, 1, 2))
    assert audit["current"]["table"]["path"] == "../data/loans/current.parquet"
    assert check_audit(home, "loans") == []


def test_a_home_and_the_data_beside_it_can_be_moved(two: Path, tmp_path: Path) -> None:
    for name in ("january", "december"):
        (tmp_path / f"{name}.parquet").write_bytes((two / f"{name}.parquet").read_bytes())
    baseline = str(tmp_path / "december.parquet")
    proposed(tmp_path, tmp_path / "january.parquet", baseline=baseline)
    tmp_path.rename(tmp_path.with_name("moved"))
    home = Home(tmp_path.with_name("moved") / "dagster_home")
    assert check_audit(home, "loans") == []


def test_where_nothing_can_be_written_it_is_said_in_time(tmp_path: Path) -> None:
    data = written(changed(people(), day=None), tmp_path / "timeless.parquet")
    (tmp_path / "dagster_home" / "audits").mkdir(parents=True)
    (tmp_path / "dagster_home" / "data").write_text("in the way")
    with pytest.raises(ProposalError, match="data/loans cannot be written"):
        proposed(tmp_path, data, as_of=date(2024, 1, 31), yes=True)
    assert not list(tmp_path.rglob("loans.yaml"))


def _lines() -> Iterator[bytes]:
    yield b"id;day;income;town\n"
    for n in range(1, 1201):
        income = "NA" if n % 10 == 0 else str(1000 + n * 7 % 977)
        town = "Köln" if n % 2 else "Bonn"
        yield f"{n};{n % 28 + 1:02d}.{n % 2 + 1:02d}.2024;{income};{town}\n".encode("latin-1")

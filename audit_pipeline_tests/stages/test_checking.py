"""What `check` tells of an audit: problems, warnings and facts, each once."""

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import audit_pipeline
from audit_pipeline.stages.approval import approve, read_candidate
from audit_pipeline.stages.checking import check_audit, examine
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline_tests.stages.small import NAME, changed, columns, people, settings, write_home

EXAMPLE = Path(audit_pipeline.__path__[0]) / "examples" / "employment_ma"
TEXT = pa.array(["a"] * 1500)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"income": TEXT}, "the feature 'income' is declared numeric and is string"),
        ({"repaid": [0] * 1500}, "the target 'repaid' never has the positive value 1; it has: 0"),
        ({"repaid": [1] * 1500}, "the target 'repaid' has one class only"),
        ({"score": [1.5] * 1500}, "the score 'score' has values outside 0 to 1"),
        ({"score": pa.nulls(1500, pa.float64())}, "the score 'score' is missing in every row"),
        ({"approved": [7] * 1500}, "the prediction 'approved' has 1 values that the target does"),
        ({"sex": list(range(1500))}, "the group 'sex' has 1,500 different values"),
        ({"day": [date(2199, 1, 1)] * 1500}, "1,500 rows of 1,500 have a time in 'day' that is in"),
    ],
)
def test_a_column_that_is_not_what_it_should_be_is_a_problem(
    tmp_path: Path, change: Mapping[str, Any], words: str
) -> None:
    found = examine(write_home(tmp_path, current=changed(people(), **change)), NAME)
    assert [said for said in found.problems if f"current: {words}" in said], found.problems


def test_a_negative_weight_is_a_problem(tmp_path: Path) -> None:
    rows = changed(people(), mass=[-1.0] * 1500)
    audit = settings(columns=columns(weight="mass"))
    found = check_audit(write_home(tmp_path, audit, current=rows, baseline=rows), NAME)
    assert found == [
        f"{side}: the weight 'mass' has negative values: such rows cannot be counted"
        for side in ("baseline", "current")
    ]


def test_a_paused_audit_says_so(tmp_path: Path) -> None:
    home = write_home(tmp_path, settings(schedule={"paused": "the model is being rebuilt"}))
    found = examine(home, NAME)
    assert "paused, so that it runs by hand only: the model is being rebuilt" in found.warnings
    assert not found.problems


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    rules = [{"expect": "expect_column_values_to_be_betwen", "kwargs": {"column": "income"}}]
    limits = {"missing_share": {"subjects": {"incom": {"warn": 0.1}}}}
    rows = changed(people(), income=TEXT, score=[2.0] * 1500)
    found = check_audit(
        write_home(tmp_path, settings(rules=rules, limits=limits), current=rows), NAME
    )
    assert len(found) == 4, found


def test_what_is_merely_doubtful_is_a_warning(tmp_path: Path) -> None:
    rows = changed(
        people(20),
        email=[f"p{n}@example.org" for n in range(20)],
        repaid=pa.nulls(20, pa.int64()),
    )
    audit = settings(
        columns=columns(features={"income": "numeric", "email": "categorical"}),
        baseline={"table": {"kind": "parquet", "path": "../current.parquet"}},
    )
    found = examine(write_home(tmp_path, audit, current=rows), NAME)
    assert found.problems == []
    said = "\n".join(found.warnings)
    assert "the column 'email' looks personal: by its name it holds an e-mail address" in said
    assert "baseline and current are the same table: drift is nil by construction" in said
    assert "no row has a label in 'repaid' yet" in said
    assert "nobody approved this baseline" in said


def test_rows_that_stand_in_both_tables_are_told_by_id_and_by_content(tmp_path: Path) -> None:
    rows = people()
    again = changed(rows.slice(0, 300), id=np.arange(300) + 900_000)
    for baseline, words in (
        (rows.slice(0, 300), "100% of the baseline's ids stand in the current data too"),
        (again, "100% of the baseline's rows, whatever their ids, stand in the current data too"),
    ):
        wide = columns(features=["income", "region", "score_before", "day_before"])
        both = [
            changed(t, score_before=t["score"], day_before=t["day"].cast("string"))
            for t in (rows, baseline)
        ]
        home = write_home(
            tmp_path / words[5:9] / str(baseline["id"][0]),
            settings(columns=wide),
            current=both[0],
            baseline=both[1],
        )
        assert any(words in said for said in examine(home, NAME).warnings)


def test_labels_that_find_no_row_are_a_problem(tmp_path: Path) -> None:
    tables = {
        role: {"kind": "parquet", "path": f"../{name}.parquet"}
        for role, name in (("table", "current"), ("labels", "labels"))
    }
    rows = people()
    home = write_home(tmp_path, settings(current=tables), current=changed(rows, repaid=None))
    labels = rows.select(["id", "repaid"])
    pq.write_table(changed(labels, id=np.arange(1500) + 900_000), tmp_path / "labels.parquet")
    assert check_audit(home, NAME) == [
        "current: no row finds its labels by 'id'; it is int64 here and int64 there"
    ]
    pq.write_table(labels.slice(0, 750), tmp_path / "labels.parquet")
    assert "current: 50.0% of the rows find their labels by 'id'" in examine(home, NAME).facts


def test_the_dry_run_says_rows_bytes_and_time(tmp_path: Path) -> None:
    audit = settings(window={"every": "month", "start": "2024-01-01", "end": "2024-02-01"})
    facts = examine(write_home(tmp_path, audit), NAME).facts
    (said,) = [fact for fact in facts if fact.startswith("the newest window, 2024-01: 1,500 rows")]
    assert "of 8 columns, read from " in said
    assert "a run takes about 20 s" in said


def test_a_model_that_reads_other_features_is_a_problem(tmp_path: Path) -> None:
    home = write_home(tmp_path)
    text = (EXAMPLE / "model.json").read_bytes()
    model = {
        "path": str(EXAMPLE / "model.json"),
        "format": "xgboost_json",
        "sha256": hashlib.sha256(text).hexdigest(),
    }
    found = check_audit(write_home(home.path, settings(model=model)), NAME)
    assert len(found) == 2
    assert found[0].startswith("model: it reads features not declared: AGEP, ")
    assert found[1] == "model: declared and not read by it: income, region"


def test_a_format_that_is_none_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    days = [d.isoformat() for d in people()["day"].to_pylist()]
    audit = settings(columns=columns(timestamp={"column": "day", "format": "%Q"}))
    found = check_audit(write_home(tmp_path, audit, current=changed(people(), day=days)), NAME)
    assert found == ["current: the timestamp format '%Q' of 'day' is no strftime"]


def test_a_file_that_is_cut_short_is_a_problem_of_its_side_alone(tmp_path: Path) -> None:
    home = write_home(tmp_path)
    whole = (tmp_path / "current.parquet").read_bytes()
    (tmp_path / "current.parquet").write_bytes(whole[:-40])
    found = examine(home, NAME)
    assert len(found.problems) == 1
    assert "it is damaged, or cut short: is it still being written?" in found.problems[0]
    assert "baseline: 1,500 rows" in found.facts


def test_what_an_engine_quotes_of_a_row_is_not_passed_on(tmp_path: Path) -> None:
    rule = "Mary O'Brien"  # a value the engine stumbles over when the rows are asked for
    path = tmp_path / "current.csv"
    home = write_home(
        tmp_path, settings(current={"table": {"kind": "csv", "path": "../current.csv"}})
    )
    lines = ["id,day,income,region,sex,score,approved,repaid"]
    lines += [f"{n},2024-01-02,1.5,north,1,0.5,1,1" for n in range(30_000)]
    path.write_text("\n".join([*lines, f"{rule},x"]))
    found = examine(home, NAME)
    assert found.problems
    assert rule not in "\n".join([*found.problems, *found.warnings, *found.facts])


def test_doubtful_ids_and_times_are_warned_of(tmp_path: Path) -> None:
    days = [f"{d:%d/%m/%Y}" for d in people()["day"].to_pylist()]
    late = sum(d.day > 12 for d in people()["day"].to_pylist())
    audit = settings(columns=columns(timestamp={"column": "day", "format": "%m/%d/%Y"}))
    ids = pa.array([None, 1, 1, *range(3, 1500)])
    rows = changed(people(), day=days, id=ids)
    warnings = examine(write_home(tmp_path, audit, current=rows), NAME).warnings
    assert (
        f"current: {late:,} rows of 1,500 without a time in 'day' that can be read as '%m/%d/%Y':"
        " they belong to no window"
    ) in warnings
    assert "current: 1 row without an id in 'id'" in warnings
    assert [w for w in warnings if "1 row with an id in 'id' that another row has" in w]


def test_labels_of_doubled_ids_are_not_counted_as_found(tmp_path: Path) -> None:
    tables = {
        role: {"kind": "parquet", "path": f"../{name}.parquet"}
        for role, name in (("table", "current"), ("labels", "labels"))
    }
    rows = people()
    home = write_home(tmp_path, settings(current=tables), current=changed(rows, repaid=None))
    labels = rows.select(["id", "repaid"])
    pq.write_table(pa.concat_tables([labels, labels.slice(0, 750)]), tmp_path / "labels.parquet")
    found = examine(home, NAME)
    assert "current: 50.0% of the rows find their labels by 'id'" in found.facts
    said = "current: 750 ids more than once in the labels table: which row is right cannot be known"
    assert [warning for warning in found.warnings if warning.startswith(said)]


def test_numbers_with_a_comma_are_said_to_be_such(tmp_path: Path) -> None:
    commas = [f"{n},5" for n in range(1500)]
    (said,) = check_audit(write_home(tmp_path, current=changed(people(), income=commas)), NAME)
    assert said.endswith(
        "its numbers have a comma before the decimals: set `decimal: ','` for a CSV file"
    )


def test_the_approved_rows_are_examined_whatever_their_source_holds_now(tmp_path: Path) -> None:
    home = write_home(tmp_path, baseline=people(seed=0))
    candidate = read_candidate(home, load_audit_file(home, NAME))
    approve(home, candidate, "Ann", "Release 4")
    pq.write_table(changed(people(seed=0), income=TEXT), tmp_path / "baseline.parquet")
    found = examine(home, NAME)
    assert found.problems == []
    assert [said for said in found.warnings if "source changed since it was approved" in said]
    (tmp_path / "baseline.parquet").unlink()
    assert check_audit(home, NAME) == []

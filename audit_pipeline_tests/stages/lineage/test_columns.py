"""Which columns a name means, where several tables have one of that name."""

from audit_pipeline.domain.lineage import Dataset, Edge, Field
from audit_pipeline.stages.lineage.columns import find_columns, remarks
from audit_pipeline_tests.stages.lineage.audits import BEFORE, LABELS, ROWS, audit, recorded

ELSEWHERE = {"table": ROWS, "labels": LABELS}


def places(name: str) -> list[str]:
    found = find_columns(recorded(audit(current=ELSEWHERE)), name)
    return [at.dataset.name.rsplit("/", 1)[-1] for at in (*found.sources, *found.made)]


def test_a_column_of_the_window_and_of_the_baseline_is_one_and_no_news() -> None:
    known = recorded()

    found = find_columns(known, "income")

    assert len(found.sources) == 2
    assert remarks(known, found) == ()


def test_a_column_of_two_tables_is_said_to_be_two() -> None:
    known = recorded(audit(current=ELSEWHERE))

    found = find_columns(known, "id")

    (said,) = remarks(known, found)
    assert said.startswith("3 tables have a column 'id': table, labels, baseline table;")
    assert "--column 'table.id' asks about one of them" in said


def test_a_table_and_its_column_name_one_of_them() -> None:
    assert places("labels.id") == ["labels.parquet"]
    assert places("table.id") == ["rows.parquet"]
    assert places("baseline table.id") == ["before.parquet"]
    assert places("/data/rows.parquet.id") == ["rows.parquet"]
    assert places("snapshot.income") == ["loans.snapshot"]


def test_a_name_with_a_dot_is_first_of_all_a_name() -> None:
    columns = {"id": "id", "timestamp": "day", "features": ["labels.id"]}
    of = audit(current=ELSEWHERE, columns=columns | {"prediction": {"label": "approved"}})

    found = find_columns(recorded(of), "labels.id")

    assert {at.name for at in found.sources} == {"labels.id"}


def test_what_the_model_says_begins_where_it_is_made() -> None:
    model = {"path": "model.json", "format": "xgboost_json", "sha256": "0" * 64}
    known = recorded(audit(model=model))

    roots = find_columns(known, "score").roots(known.graph, "downstream")

    assert [at.dataset.name for at in roots] == ["loans.snapshot", "loans.baseline"]


def test_our_own_table_is_meant_and_not_the_one_before_it_that_has_the_same_column() -> None:
    (ours, before) = find_columns(recorded(), "income").sources
    theirs = Field(Dataset("dbt", "raw"), "income")

    found = find_columns(recorded(audit(), None, Edge(theirs, ours)), "income")

    assert found.sources == (ours, before)


def test_one_table_that_holds_window_and_baseline_is_one() -> None:
    of = audit(current={"table": BEFORE["table"]})

    assert len(find_columns(recorded(of), "income").sources) == 1

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline_tests.lineage.spec import errors_of, loose_ends_of, needs_spec
from audit_pipeline_tests.stages import small
from audit_pipeline_tests.stages.lineage.written import Json, events_of

QUERY = "SELECT id, day, income * 1.0 AS income, upper(region) AS region, sex FROM loans"


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose rows come from a query, its predictions and labels from two files."""
    folder = tmp_path_factory.mktemp("joined")
    rows = small.people()
    kept = rows.set_column(1, "day", rows["day"].cast("string"))
    with closing(sqlite3.connect(folder / "loans.db")) as connection:
        connection.execute(
            "CREATE TABLE loans (id INT, day DATE, income REAL, region TEXT, sex INT)"
        )
        each = zip(*(kept[name].to_pylist() for name in kept.column_names[:5]), strict=True)
        connection.executemany("INSERT INTO loans VALUES (?, ?, ?, ?, ?)", each)
        connection.commit()
    tables: dict[str, Mapping[str, str]] = {
        "table": {"kind": "sql", "url": "sqlite:///../loans.db", "query": QUERY}
    }
    for role, names in (("predictions", ["id", "approved", "score"]), ("labels", ["id", "repaid"])):
        pq.write_table(rows.select(names), folder / f"{role}.parquet")
        tables[role] = {"kind": "parquet", "path": f"../{role}.parquet"}
    home = small.write_home(folder, small.settings(current=tables))
    small.audit(home)
    return home


@needs_spec
def test_events_of_joined_tables_and_a_query_are_of_openlineage(joined: Home) -> None:
    for event in events_of(joined):
        assert errors_of(event.entry.body) == [], event.entry.about
        assert loose_ends_of(event.entry.body) == [], event.entry.about


@needs_spec
def test_a_column_that_could_not_be_counted_is_not_traced(tmp_path: Path) -> None:
    rows = small.people()
    words = small.changed(rows, income=["a lot"] * rows.num_rows)
    home = small.write_home(tmp_path, current=words)
    small.audit(home)

    for event in events_of(home):
        assert loose_ends_of(event.entry.body) == [], event.entry.about


def test_each_column_is_traced_to_the_table_it_was_read_from(joined: Home) -> None:
    (taken,) = (e for e in events_of(joined) if (e.job, e.transition) == ("snapshot", "COMPLETE"))
    (made,) = taken.said["outputs"]
    fields = made["facets"]["columnLineage"]["fields"]

    assert _from(fields["region"]) == {("loans", "region", "TRANSFORMATION")}
    assert _from(fields["repaid"]) == {
        ("labels.parquet", "repaid", "IDENTITY"),
        ("labels.parquet", "id", "JOIN"),
        ("loans", "id", "JOIN"),
    }
    assert {name for name, *_ in _from(fields["score"])} == {"predictions.parquet", "loans"}


def _from(field: Json) -> set[tuple[str, str, str]]:
    return {
        (each["name"].rsplit("/", 1)[-1], each["field"], how["subtype"])
        for each in field["inputFields"]
        for how in each["transformations"]
    }

"""A change of the model is seen in the log and shown, within a window and between two."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline.domain.record import VersionRecord
from audit_pipeline.profiles.engine import open_duckdb
from audit_pipeline.stages.reading import read_results, understood
from audit_pipeline.stages.versions import notes_of, versions_of
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline_tests.stages.small import (
    FEBRUARY,
    NAME,
    ROWS,
    audit,
    changed,
    columns,
    people,
    settings,
    write_audit,
    write_home,
)

Count = Callable[..., dict[str, VersionRecord]]


def logged(**roles: object) -> dict[str, Any]:
    return settings(columns=columns(version="model", **roles))


def halves(rows: pa.Table) -> list[str]:
    """Return `v10` for the days before the 15th, `v9` from then on: against the alphabet."""
    return ["v10" if day.day < 15 else "v9" for day in rows["day"].to_pylist()]


@pytest.fixture
def count(tmp_path: Path) -> Iterator[Count]:
    """Count the versions of a log."""
    backend = open_duckdb(tmp_path / "spill")

    def counted(rows: pa.Table, audit: dict[str, Any] | None = None) -> dict[str, VersionRecord]:
        home = write_home(tmp_path, audit or logged())
        pq.write_table(rows, tmp_path / "log.parquet")
        table = backend.read_parquet(str(tmp_path / "log.parquet"))
        return versions_of(table, load_audit_file(home, NAME).audit)

    yield counted
    backend.disconnect()


def days(*logged: tuple[str, str | None]) -> pa.Table:
    """Return a log of days and versions, ten rows of each."""
    rows = [(date.fromisoformat(day), version) for day, version in logged for _ in range(10)]
    return pa.table({"day": [day for day, _ in rows], "model": [version for _, version in rows]})


def test_versions_stand_in_the_order_they_appeared(count: Count) -> None:
    found = count(days(("2024-01-09", "v9"), ("2024-01-02", "v10"), ("2024-01-03", "v10")))
    assert found == {
        "v10": VersionRecord(rows=20, place=1, first="2024-01-02", last="2024-01-03"),
        "v9": VersionRecord(rows=10, place=2, first="2024-01-09", last="2024-01-09"),
    }
    assert list(found) == ["v10", "v9"]


def test_rows_without_a_version_are_counted_and_said(count: Count) -> None:
    found = count(days(("2024-01-02", None), ("2024-01-03", "v1")))
    assert found["not logged"] == VersionRecord(rows=10, place=2, together=0)
    assert list(notes_of(found)) == ["10 rows without a version of the model"]


def test_versions_of_few_rows_have_neither_name_nor_time(count: Count) -> None:
    unlogged = days(("2024-01-02", None)).slice(0, 4).cast(people_as_versions(1).schema)
    log = pa.concat_tables([days(("2024-01-02", "v1")), people_as_versions(3), unlogged])
    found = count(log)
    assert list(found) == ["v1", "3 further versions", "not logged"]
    assert found["3 further versions"] == VersionRecord(rows=3, place=2, together=3)
    assert list(notes_of(found)) == [
        "fewer than 10 rows without a version of the model",
        "the model changed within this window: 4 versions are logged",
    ]
    assert list(notes_of(count(people_as_versions(1)))) == []


def people_as_versions(many: int) -> pa.Table:
    """Return a log whose column of versions holds names of people, by mistake."""
    days = [date(2024, 1, n + 1) for n in range(many)]
    return pa.table({"day": days, "model": [f"Jane {n}" for n in range(many)]})


def test_a_column_that_is_no_version_is_cut_and_folded(count: Count) -> None:
    rows = [("2024-01-02", f"{n:03}" + "x" * 100) for n in range(50)]
    found = count(days(*rows, *rows[:20]))
    assert list(found) == [f"{n:03}" + "x" * 57 for n in range(20)] + ["30 further versions"]
    assert found["30 further versions"].rows == 300
    assert sum(version.rows or 0 for version in found.values()) == 700
    assert list(notes_of(found)) == ["the model changed within this window: 50 versions are logged"]


def test_times_written_as_text_are_ordered_as_times(count: Count) -> None:
    rows = pa.table({"day": ["03/01/2024", "01/02/2024"] * 10, "model": ["old", "new"] * 10})
    when = {"column": "day", "format": "%d/%m/%Y"}
    assert list(count(rows, logged(timestamp=when))) == ["old", "new"]


@pytest.mark.parametrize("form", ["%Q", "timestamp"])
def test_times_that_cannot_be_read_leave_the_counts(count: Count, form: str) -> None:
    rows = pa.table({"day": ["03/01/2024", "01/02/2024"] * 10, "model": ["b", "a"] * 10})
    found = count(rows, logged(timestamp={"column": "day", "format": form}))
    assert found["a"] == VersionRecord(rows=10, place=1)


def test_an_audit_without_a_version_column_has_none(count: Count) -> None:
    assert count(days(("2024-01-02", "v1")), settings()) == {}
    assert count(pa.table({"day": [date(2024, 1, 2)]})) == {}


def test_versions_side_by_side_are_not_called_a_change(count: Count) -> None:
    found = count(days(("2024-01-02", "a"), ("2024-01-03", "b"), ("2024-01-04", "a")))
    (note,) = notes_of(found)
    assert note == (
        "several versions of the model were at work in this window: 'a' from 2024-01-02 until"
        " 2024-01-04, 'b' from 2024-01-03 until 2024-01-03"
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a home whose model changed in the middle of January, and again in February."""
    january, february = people(), people(month=date(2024, 2, 1), seed=2)
    log = [changed(january, model=halves(january)), changed(february, model=["v11"] * ROWS)]
    return write_home(
        tmp_path_factory.mktemp("versions"),
        logged(),
        current=pa.concat_tables(log),
        baseline=changed(people(seed=0), model=["v8"] * ROWS),
    )


def test_a_change_of_model_is_seen_and_shown(home: Home) -> None:
    january, february = audit(home), audit(home, FEBRUARY)
    within = "the model changed within this window: 'v10' until 2024-01-14, 'v9' from 2024-01-15"
    assert within in january.notes
    assert january.record["changes"] == [within]
    assert "The model changed within this window:" in january.report
    assert '<th scope="row">v10</th>' in january.report
    versions = january.record["snapshot"]["versions"]
    assert versions["v9"]["place"] == 2
    assert sum(version["rows"] for version in versions.values()) == ROWS
    (since,) = february.record["changes"]
    assert since == "The log names other versions of the model (new: 'v11'; gone: 'v10', 'v9')."
    told = since.replace("'", "&#39;")
    assert february.report.count(told) == 1  # at one place, and not at two


def test_records_that_counted_versions_alone_can_be_read(home: Home) -> None:
    audit(home)
    record = read_results(home, NAME, "2024-01")
    counted = {name: version["rows"] for name, version in record["snapshot"]["versions"].items()}
    record["snapshot"]["versions"] = counted
    for name in ("approval", "new_baseline", "changes", "history"):
        record.pop(name)
    snapshot = understood(record).snapshot
    assert snapshot is not None
    assert {name: version.rows for name, version in snapshot.versions.items()} == counted


def test_another_model_file_than_before_is_said(home: Home) -> None:
    audit(home)
    model = {"path": "gone.json", "format": "xgboost_json", "sha256": "a" * 64}
    write_audit(home.path, logged() | {"model": model})
    changes = audit(home, FEBRUARY).record["changes"]
    assert changes[0].startswith("The model file is another (SHA-256 none, then aaaaaaaaaaaa)")

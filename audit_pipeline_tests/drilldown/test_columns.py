"""What Evidently is given of a table, in the columns' own DuckDB."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.columns import Kind
from audit_pipeline.drilldown.columns import columns_of, outcome_of, write_plain
from audit_pipeline_tests.stages.small import columns, settings

KINDS: dict[str, Kind] = {
    "income": "numeric",
    "region": "categorical",
    "id": "numeric",
    "approved": "categorical",
    "repaid": "categorical",
    "sex": "categorical",
}


def audit(**changes: Any) -> Audit:  # noqa: ANN401 (roles of columns)
    said = settings(columns=columns(**changes))
    table = {"kind": "parquet", "settings": {}}
    tables = {side: {"table": table} for side in ("current", "baseline")}
    return Audit.model_validate(said | tables)


def plain(tmp_path: Path, table: pa.Table, **changes: Any) -> tuple[pa.Table, bool]:  # noqa: ANN401
    asked = audit(**changes)
    pq.write_table(table, tmp_path / "rows.parquet")
    to = tmp_path / "plain.parquet"
    timed = write_plain(tmp_path / "rows.parquet", to, asked, columns_of(asked, KINDS))
    return pq.read_table(to), timed


def test_ids_times_and_columns_that_were_not_counted_are_not_given() -> None:
    asked = audit(features={"income": "numeric", "id": "numeric", "age": "numeric"})

    names = [column.name for column in columns_of(asked, KINDS)]

    assert sorted(names) == ["approved", "income", "repaid", "sex"]
    assert set(names[:2]) == {"approved", "repaid"}  # outcomes stand first


def test_decimals_nullable_integers_and_booleans_become_doubles_and_text(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": [2, 1, 3],
            "income": pa.array([Decimal("1.50"), None, Decimal(2)]),
            "region": pa.array([True, None, False]),
            "sex": pa.array([1, 2, None], pa.int8()),
        }
    )

    found, timed = plain(tmp_path, table)

    assert found.to_pydict() == {  # in the order of the id, for there is no time
        "income": [None, 1.5, 2.0],
        "region": [None, "true", "false"],
        "sex": ["2", "1", None],
    }
    assert str(found.schema.field("income").type) == "double"
    assert not timed


def test_rows_stand_in_the_order_of_their_time(tmp_path: Path) -> None:
    table = pa.table({"id": [1, 2, 3], "day": [30, 10, 20], "income": [3.0, 1.0, 2.0]})

    found, timed = plain(tmp_path, table)

    assert found["income"].to_pylist() == [1.0, 2.0, 3.0]
    assert timed


def test_a_time_that_is_text_is_no_order(tmp_path: Path) -> None:
    table = pa.table({"id": [1, 2], "day": ["02.01.24", "01.02.24"], "income": [1.0, 2.0]})

    assert plain(tmp_path, table)[1] is False


def test_a_value_that_is_neither_class_is_missing(tmp_path: Path) -> None:
    table = pa.table({"id": [1, 2, 3], "repaid": [1, 0, 9], "approved": [True, False, None]})

    found, _ = plain(tmp_path, table)

    assert found["repaid"].to_pylist() == ["1", "0", None]
    assert found["approved"].to_pylist() == ["1", "0", None]


def test_a_column_of_numbers_that_is_text_now_is_not_given(tmp_path: Path) -> None:
    table = pa.table({"id": [1], "income": ["much"], "region": ["north"]})

    assert plain(tmp_path, table)[0].column_names == ["region"]


def test_classes_go_by_the_names_that_the_page_shows() -> None:
    target = {"column": "repaid", "positive": 1, "labels": {0: "late", 1: "repaid"}}

    outcome = outcome_of(audit(target=target))

    assert outcome is not None
    assert (outcome.positive, outcome.negative) == ("repaid (1)", "late (0)")
    assert (outcome.score, outcome.threshold) == ("score", 0.5)


def test_without_labels_nothing_is_held_against_anything() -> None:
    assert outcome_of(audit(target=None)) is None

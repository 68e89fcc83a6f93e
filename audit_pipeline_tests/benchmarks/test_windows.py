"""The made rows: the same ones at every call, of the shapes that are promised."""

from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from audit_pipeline_tests.benchmarks import windows
from audit_pipeline_tests.benchmarks.windows import (
    CATEGORICAL,
    NUMERIC,
    SIDES,
    VALUES,
    batches,
    make_windows,
)


def test_both_windows_have_thirty_features_an_id_a_time_and_the_models_outputs(
    tmp_path: Path,
) -> None:
    make_windows(tmp_path, 1000)

    for side, month in SIDES.items():
        made = pq.read_table(tmp_path / f"{side}.parquet")
        assert made.num_rows == 1000
        assert {*NUMERIC, *CATEGORICAL} | {"id", "at", "label", "score", "predicted"} == {
            *made.column_names
        }
        assert {str(time)[:7] for time in made.column("at").to_pylist()} == {month}
        assert pc.count_distinct(made.column("id")).as_py() == 1000


def test_numbers_have_nulls_and_categories_up_to_a_thousand_values() -> None:
    (made,) = batches("current", 50_000)

    nulls = [made.column(name).null_count / 50_000 for name in NUMERIC[:3]]
    assert nulls == pytest.approx([0, 0.02, 0.04], abs=0.003)
    values = [pc.count_distinct(made.column(name)).as_py() for name in CATEGORICAL]
    assert values == pytest.approx(VALUES, rel=0.03)


def test_the_current_window_has_values_that_the_baseline_has_not() -> None:
    (before,), (now,) = (list(batches(side, 50_000)) for side in SIDES)

    for name, values in list(zip(CATEGORICAL, VALUES, strict=True))[1:]:
        last = f"v{values - 1:04d}"
        assert last in now.column(name).to_pylist()
        assert last not in before.column(name).to_pylist()


def test_rows_are_the_same_at_every_call_and_in_batches_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert next(batches("current", 300)).equals(next(batches("current", 300)))
    monkeypatch.setattr(windows, "BATCH", 200)

    first, second = batches("current", 300)

    assert (first.num_rows, second.num_rows) == (200, 100)
    assert first.column("n00") != second.column("n00").slice(0, 100)


def test_kept_files_are_used_again_and_other_ones_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "current.parquet"
    make_windows(tmp_path, 100)
    made = path.stat().st_mtime_ns

    make_windows(tmp_path, 100)
    assert path.stat().st_mtime_ns == made

    make_windows(tmp_path, 101)
    assert pq.read_metadata(path).num_rows == 101

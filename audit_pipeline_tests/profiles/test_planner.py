"""The rows by which a baseline's grids are laid are drawn whatever its ids are."""

import numpy as np
import pyarrow as pa
import pytest

from audit_pipeline.profiles.planner import LOOKED_AT
from audit_pipeline.profiles.profile import NumericColumn
from audit_pipeline_tests.profiles.tables import audit, profile

ROWS = 2 * LOOKED_AT
IDS = {
    "none": pa.nulls(ROWS, pa.int64()),
    "one": pa.array(np.ones(ROWS, np.int64)),
    "few": pa.array(np.arange(ROWS) % 20),
    "own": pa.array(np.arange(ROWS)),
}


@pytest.mark.parametrize("ids", IDS)
def test_a_grid_fits_a_large_column_whatever_its_ids_are(ids: str) -> None:
    # ascending, so the first rows alone would say something else
    values = np.sort(np.random.default_rng(0).normal(1e6, 3.0, ROWS))
    column = profile(audit(features={"x": "numeric"}), {"x": values, "id": IDS[ids]}).columns["x"]
    assert isinstance(column, NumericColumn)
    assert column.grid.centre == pytest.approx(1e6, abs=0.1)
    assert column.grid.scale == pytest.approx(3.0, rel=0.05)


def test_a_large_table_of_equal_rows_has_a_grid() -> None:
    rows = {"x": np.full(ROWS, 7.0), "id": IDS["none"]}
    column = profile(audit(features={"x": "numeric"}), rows).columns["x"]
    assert isinstance(column, NumericColumn)
    assert (column.grid.centre, column.mean) == (7.0, 7.0)

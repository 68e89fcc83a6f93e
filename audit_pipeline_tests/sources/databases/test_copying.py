from pathlib import Path

import pyarrow as pa
import pytest

from audit_pipeline.sources.base import SourceError
from audit_pipeline.sources.databases.copying import write_copy

ROWS = pa.table({"id": list(range(10_000)), "t": [f"row {n} of many" for n in range(10_000)]})


def test_a_full_disk_is_said_with_how_far_it_came() -> None:
    # a device on which every write fails as on a full disk
    with pytest.raises(SourceError, match=r"the disk is full after [\d,]+ copied rows: make room"):
        write_copy(Path("/dev/full"), ROWS.schema, iter([ROWS] * 50), 10**9)


def test_any_other_failure_of_the_disk_is_not_called_a_full_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_copy(tmp_path / "none" / "x.parquet", ROWS.schema, iter([ROWS]), 10**9)

"""Files that are broken, half written or replaced, met by a whole audit: a gap, never a crash."""

from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from markupsafe import escape

from audit_pipeline.stages import snapshot
from audit_pipeline_tests.stages.small import Audited, audit, people, settings, write_home


def audited(folder: Path, name: str, kind: str = "csv") -> Audited:
    table = {"table": {"kind": kind, "path": f"../{name}"}}
    return audit(write_home(folder, settings(current=table)))


def test_a_value_that_turns_up_late_is_a_gap_that_does_not_quote_it(tmp_path: Path) -> None:
    """The first file decides what the columns are; the engine meets the value when it copies."""
    pq.write_table(people(), tmp_path / "rows-1.parquet")
    other = people(seed=2)
    at = other.column_names.index("income")
    names = pa.array(["Jane Doe"] * other.num_rows)
    pq.write_table(other.set_column(at, "income", names), tmp_path / "rows-2.parquet")

    found = audited(tmp_path, "rows-*.parquet", "parquet")

    assert found.red is None
    assert found.verdict == "gap"
    said = "the column 'income' is VARCHAR in one and DOUBLE in another"
    assert str(escape(said)) in found.report
    assert "Jane" not in found.report


@pytest.mark.parametrize("end", [100, 3000])
def test_half_a_parquet_file_is_a_gap(end: int, tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(people(), path)
    path.write_bytes(path.read_bytes()[:-end])

    found = audited(tmp_path, "rows.parquet", "parquet")

    assert found.red is None
    assert found.verdict == "gap"
    assert "is it still being written?" in found.report


def test_a_csv_whose_last_line_is_half_written_is_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    pa.csv.write_csv(people(), path)
    path.write_bytes(path.read_bytes()[:-12])

    found = audited(tmp_path, "rows.csv")

    assert found.red is None
    assert found.verdict == "gap"
    assert "while a file is still being written" in found.report


def test_a_file_replaced_while_it_is_read_is_a_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, write = tmp_path / "rows.csv", snapshot._write
    pa.csv.write_csv(people(), path)

    def then_replaced(*args: object) -> None:
        write(*args)  # type: ignore[arg-type]
        if "baselines" not in str(args[-1]):
            pa.csv.write_csv(people(seed=2), path)

    monkeypatch.setattr(snapshot, "_write", then_replaced)
    found = audited(tmp_path, "rows.csv")

    assert found.red is None
    assert found.verdict == "gap"
    assert "the table changed while it was read" in found.report


def test_json_lines_are_audited_like_any_other_table(tmp_path: Path) -> None:
    people().to_pandas().to_json(
        tmp_path / "rows.jsonl", orient="records", lines=True, date_format="iso"
    )
    lines = (tmp_path / "rows.jsonl").read_text().replace("T00:00:00.000", "")
    (tmp_path / "rows.jsonl").write_text(lines)

    found = audited(tmp_path, "rows.jsonl", "json_lines")

    assert found.red is None
    assert found.record["snapshot"]["rows"] == 1500
    assert not found.gaps()

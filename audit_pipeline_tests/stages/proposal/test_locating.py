from pathlib import Path

import pytest

from audit_pipeline.stages.proposal.locating import common_pattern, locate
from audit_pipeline.stages.proposal.questions import ProposalError


def put(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("id\n1\n")
    return folder


@pytest.mark.parametrize(
    ("names", "pattern"),
    [
        (["a.csv"], "a.csv"),
        (["a.csv", "b.csv"], "*.csv"),
        (["day=2024-01-05/p.parquet", "day=2024-01-06/p.parquet"], "day=%Y-%m-%d/p.parquet"),
        (["2024/01/05/a.csv", "2024/01/06/b.csv"], "%Y/%m/%d/*.csv"),
        (["trips_2024-01.csv.gz", "trips_2024-02.csv.gz"], "trips_%Y-%m.csv.gz"),
        (["x/a.csv", "b.csv"], "**/*.csv"),
    ],
)
def test_a_folder_is_read_by_one_pattern(names: list[str], pattern: str) -> None:
    assert common_pattern(names) == pattern


def test_a_folder_of_several_kinds_wants_a_pattern(tmp_path: Path) -> None:
    with pytest.raises(ProposalError, match=r"several kinds \(1 csv, 1 parquet\): name a pattern"):
        locate(str(put(tmp_path, "a.csv", "b.parquet")))


def test_an_empty_folder_and_an_unknown_ending_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ProposalError, match="holds no Parquet, CSV or JSON lines file"):
        locate(str(tmp_path))
    put(tmp_path, "model.pkl")
    with pytest.raises(ProposalError, match="has none of the endings that are known"):
        locate(str(tmp_path / "model.pkl"))


def test_a_database_is_named_with_its_table_and_without_its_password() -> None:
    place = locate("postgresql://reader@db/loans#lending.loans", "LOANS_PASSWORD")
    assert place.kind == "sql"
    assert place.settings == {
        "url": "postgresql://reader@db/loans",
        "table": "lending.loans",
        "password_env": "LOANS_PASSWORD",
    }
    with pytest.raises(ProposalError, match="names a database and no table"):
        locate("postgresql://reader@db/loans")
    with pytest.raises(ProposalError) as raised:
        locate("postgresql://reader:s3cret@db/loans#loans")
    assert "s3cret" not in str(raised.value)
    assert "--password-env" in str(raised.value)

from pathlib import Path
from typing import Any

import yaml

from audit_pipeline.stages.proposal.document import Document, written
from audit_pipeline.stages.proposal.locating import Place


def text(**parts: Any) -> str:  # noqa: ANN401 (as an audit file has them)
    return Document(parts=parts).text(None, "data.csv")


def test_what_is_written_is_read_back_as_it_was_however_long() -> None:
    rule = {"expect": "expect_values", "reason": "why", "kwargs": {"column": "a, b: c", "to": 1.5}}
    long = rule | {"kwargs": {"value_set": [f"a value of number {n}" for n in range(20)]}}
    columns = {"features": [f"feature number {n}" for n in range(40)], "groups": ["sex"]}
    said = text(rules=[rule, long], columns=columns)
    assert yaml.safe_load(said) == {"rules": [rule, long], "columns": columns}
    assert (
        "  - {expect: expect_values, reason: why, kwargs: {column: 'a, b: c', to: 1.5}}\n" in said
    )
    short = [line for line in said.splitlines() if "value of number" not in line]
    assert max(map(len, short)) <= 100


def test_of_a_feature_nothing_need_be_said_but_its_name() -> None:
    said = text(columns={"features": {"age": None, "visits": "numeric"}, "prediction": None})
    assert "    age:\n    visits: numeric\n  prediction: null\n" in said


def test_what_lies_beside_the_home_is_written_so_that_the_folder_can_be_moved(
    tmp_path: Path,
) -> None:
    audits = tmp_path / "project" / "dagster_home" / "audits"
    audits.mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "project")

    def path(place: Path, home: Path = audits) -> object:
        return written(Place(kind="csv", settings={"path": str(place)}), home)["path"]

    assert path(tmp_path / "project" / "in" / "loans.csv") == "../../in/loans.csv"
    assert path(tmp_path / "project" / "dagster_home" / "x.csv") == "../x.csv"
    assert path(tmp_path / "elsewhere.csv") == str(tmp_path / "elsewhere.csv")
    through = tmp_path / "link" / "dagster_home" / "audits"
    assert path(tmp_path / "link" / "loans.csv", through) == "../../loans.csv"
    url = {"url": f"sqlite:///{tmp_path}/project/loans.db", "table": "loans"}
    assert written(Place(kind="sql", settings=url), audits)["url"] == "sqlite:///../../loans.db"

"""Every kind of source says where its tables come from, quickly, and without asking the place."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from audit_pipeline.domain.lineage import Dataset, Field, Transformation
from audit_pipeline.sources.base import SAME, Origin
from audit_pipeline.sources.catalog import SOURCES

SAID: dict[str, tuple[dict[str, Any], Dataset]] = {
    "csv": ({"path": "loans.csv"}, Dataset("file", "{folder}/loans.csv")),
    "delta": ({"path": "loans/"}, Dataset("file", "{folder}/loans")),
    "http_json": (
        {"url": "https://api.example.org/v1/loans?since={start}"},
        Dataset("https://api.example.org", "/v1/loans"),
    ),
    "iceberg": (
        {"path": "loans/metadata/v3.metadata.json"},
        Dataset("file", "{folder}/loans"),
    ),
    "json_lines": ({"path": "%Y/*.jsonl.gz"}, Dataset("file", "{folder}")),
    "parquet": ({"path": "s3a://bank/loans/*.parquet"}, Dataset("s3://bank", "loans")),
    "spark_table": (
        {"table": "lending.loans"},
        Dataset("spark", "spark_catalog.lending.loans"),
    ),
    "sql": (
        {"url": "sqlite:///loans.db", "query": "SELECT * FROM loans WHERE id > 1"},
        Dataset("sqlite://{folder}/loans.db", "loans"),
    ),
}
LOAD = """
import sys
from audit_pipeline.sources.catalog import SOURCES
for name, settings in {said!r}.items():
    kind = SOURCES[name]
    kind.origin(kind.settings.model_validate(settings))
print(sorted({{"sqlglot", "openlineage", "ibis", "duckdb"}} & set(sys.modules)))
"""


@pytest.mark.parametrize("kind", sorted(SOURCES))
def test_every_kind_says_where_it_is(kind: str, tmp_path: Path) -> None:
    said, expected = SAID[kind]
    folder = tmp_path / "a b" / "100% é"
    settings = SOURCES[kind].settings.model_validate(said, context={"folder": folder})

    [found] = SOURCES[kind].origin(settings).datasets

    place = str(folder).replace(" ", "%20").replace("100%", "100%25").replace("é", "%C3%A9")
    assert found == Dataset(
        expected.namespace.replace("{folder}", place),
        expected.name.replace("{folder}", str(folder)),
    )


def test_nothing_heavy_is_loaded_but_for_a_query() -> None:
    said = {name: each for name, (each, _) in SAID.items() if name != "sql"}
    said["sql"] = {"url": "sqlite:////data/loans.db", "table": "loans"}

    done = subprocess.run(
        [sys.executable, "-c", LOAD.format(said=said)], check=True, capture_output=True, text=True
    )

    assert done.stdout.strip() == "[]"


def test_a_column_is_that_of_its_name_unless_something_else_is_said() -> None:
    rows, other = Dataset("file", "/rows"), Dataset("file", "/other")
    same, made = Transformation(), Transformation(subtype="TRANSFORMATION")

    assert Origin(datasets=(rows,)).of("a") == ((Field(rows, "a"), same),)
    assert Origin(datasets=(rows, other)).of("a") == (
        (Field(rows, ""), made),
        (Field(other, ""), made),
    )
    both = Origin(
        datasets=(rows, other), rest=((Field(other, SAME), same), (Field(rows, ""), made))
    )
    assert both.of("a") == ((Field(other, "a"), same), (Field(rows, ""), made))
    assert Origin(datasets=(rows,), fields={"a": ()}).of("a") == ()

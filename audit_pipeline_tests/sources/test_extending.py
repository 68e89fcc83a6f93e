"""A new kind of source is one new file: nothing else is edited. The guide's own code is run."""

import json
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pyarrow as pa
import pyarrow.feather
import pytest

from audit_pipeline.sources.base import Source

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "how-to" / "add-a-source.md"
ASK = """
import json, sys
from pathlib import Path
from audit_pipeline.audits.schema import audit_schema
from audit_pipeline.profiles.engine import open_duckdb
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.sources.catalog import SOURCES
from audit_pipeline.stages.vocabulary import VOCABULARY

backend, wanted = open_duckdb(Path("spill")), Wanted(folder=Path("copies"))
source = SOURCES["feather"]
settings = source.settings(path=str(Path("rows-*.feather").absolute()))
read = source.read(settings, backend, wanted)
broken = source.settings(path=str(Path("broken.feather").absolute()))
try:
    said = str(source.read(broken, backend, wanted))
except SourceError as error:
    said = str(error)
print(json.dumps({
    "rows": read.table.order_by("id").to_pyarrow().to_pylist(),
    "landed": source.state(settings, wanted).landed,
    "origin": [[at.namespace, at.name] for at in source.origin(settings).datasets],
    "schema": "feather" in json.dumps(audit_schema(VOCABULARY)["$defs"]["Table"]),
    "broken": said,
}))
"""


def test_the_guides_source_is_one_new_file(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "audit_pipeline", tmp_path / "audit_pipeline")
    code = GUIDE.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    (tmp_path / "audit_pipeline/sources/kinds/feather.py").write_text(code, encoding="utf-8")
    for number in (1, 2):
        rows = pa.table({"id": [number], "x": [number / 2]})
        pyarrow.feather.write_feather(rows, str(tmp_path / f"rows-{number}.feather"))
    (tmp_path / "broken.feather").write_text("Jane Doe")

    done = subprocess.run(
        [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{ASK}"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )

    found = json.loads(done.stdout)
    assert found["rows"] == [{"id": 1, "x": 0.5}, {"id": 2, "x": 1.0}]
    assert found["landed"]
    assert found["origin"] == [["file", str(tmp_path)]]
    assert found["schema"]
    assert "is no readable Feather" in found["broken"]
    assert "Jane" not in found["broken"]


def test_the_guide_tells_of_every_function_of_a_source() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    functions = [each.name for each in fields(Source) if each.default is each.default_factory]

    assert [name for name in functions if f"`{name}`" not in guide] == ["settings"]


@pytest.mark.parametrize("name", ["http_json", "base"])
def test_what_the_guide_points_to_is_there(name: str) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    path = next(p for p in (ROOT / "audit_pipeline" / "sources").rglob(f"{name}.py"))
    assert str(path.relative_to(ROOT)) in guide

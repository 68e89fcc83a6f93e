"""Homes to run audits in: the example, or small audits whose numbers were logged beforehand."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml

import audit_pipeline
from audit_pipeline.audits.home import Home

ROOT = Path(audit_pipeline.__path__[0]).parent
EXAMPLE = "employment_ma"
DATA = ROOT / "audit_pipeline" / "examples" / EXAMPLE
HOME = ROOT / "dagster_home"


def example_home(path: Path, *, every: int = 1, **copies: Mapping[str, Any]) -> Home:
    """Make a home in which the example stands, with every n-th of its rows.

    With `copies`, it stands there under their names instead, each with keys of its file changed.
    """
    (path / "audits").mkdir(parents=True)
    shutil.copy(HOME / "dagster.yaml", path)
    settings = example_settings()
    for side in ("current", "baseline"):
        table = settings[side]["table"]
        table["path"] = str(_thinned(Path(table["path"]), path, every))
    for name, changes in (copies or {EXAMPLE: {}}).items():
        write_audit(path, settings | {"name": name} | dict(changes))
    return Home(path)


def example_settings() -> dict[str, Any]:
    """Return what the example's audit file says, its paths made absolute."""
    text = (HOME / "audits" / f"{EXAMPLE}.yaml").read_text(encoding="utf-8")
    settings: dict[str, Any] = yaml.safe_load(text)
    settings["model"]["path"] = str(DATA / "model.json")
    for side in ("current", "baseline"):
        table = settings[side]["table"]
        table["path"] = str(DATA / Path(table["path"]).name)
    return settings


def write_audit(home: Path, settings: Mapping[str, Any]) -> Path:
    """Write an audit file into a home and return its path."""
    file = home / "audits" / f"{settings['name']}.yaml"
    file.write_text(yaml.safe_dump(dict(settings), sort_keys=False), encoding="utf-8")
    return file


def small_audit(name: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 (values of a YAML file)
    """Return the settings of an audit that loads; its tables need not exist."""
    return {
        "format": 1,
        "name": name,
        "purpose": "Tells whether an order is delivered late.",
        "owner": "orders@example.com",
        "risk": "low",
        "task": "binary",
        "current": {"table": {"kind": "parquet", "path": "current.parquet"}},
        "baseline": {"table": {"kind": "parquet", "path": "baseline.parquet"}},
        "columns": {
            "id": "id",
            "timestamp": {"column": "at"},
            "features": {"weight": {"kind": "numeric"}},
            "prediction": {"label": "late", "score": None},
        },
        "window": {"every": "day", "start": "2025-01-01", "timezone": "UTC"},
    } | changes


def _thinned(source: Path, to: Path, every: int) -> Path:
    if every == 1:
        return source
    rows = pq.read_table(source)
    thinned = rows.filter(pc.equal(pc.bit_wise_and(rows["id"].cast("int64"), every - 1), 0))
    pq.write_table(thinned, to / source.name)
    return to / source.name

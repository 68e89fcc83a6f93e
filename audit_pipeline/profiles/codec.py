"""Write a profile to a Parquet file and read it back: typed, versioned, the same bytes each time.

One row per histogram bin or category, in the columns `part`, `bin`, `code`, `rows`, `mass`, `low`,
`high`; the scalars stand as JSON in the schema's metadata under `audit_pipeline`.
"""

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from audit_pipeline.profiles.counts import CalibrationBin, JointCounts, RegressionErrors, Scores
from audit_pipeline.profiles.histogram import EMPTY, Grid, HeavyBin, Histogram
from audit_pipeline.profiles.profile import CategoricalColumn, Column, NumericColumn, Profile

VERSION = 1
KEY = b"audit_pipeline"
SCHEMA = pa.schema(
    [
        ("part", pa.dictionary(pa.int32(), pa.string())),
        ("bin", pa.int64()),
        ("rows", pa.int64()),
        ("mass", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
    ]
)


class ProfileFormatError(Exception):
    """A file holds no profile of a version this program can read."""


def write_profile(profile: Profile, sink: pa.NativeFile) -> None:
    """Write `profile` to `sink` as Parquet."""
    scalars = asdict(profile, dict_factory=_json_object)
    scalars["outcomes"] = _pairs(profile.outcomes)
    scalars["groups"] = {
        name: {group: _pairs(counts) for group, counts in groups.items()}
        for name, groups in profile.groups.items()
    }
    histograms = _histograms(profile)
    metadata = {KEY: json.dumps({"version": VERSION, "profile": scalars}, sort_keys=True).encode()}
    parts = [_rows(name, histogram) for name, histogram in sorted(histograms.items())]
    table = pa.concat_tables(parts) if parts else SCHEMA.empty_table()
    pq.write_table(table.replace_schema_metadata(metadata), sink, compression="zstd")


def read_profile(source: Any) -> Profile:  # noqa: ANN401 (path, buffer or file)
    """Return the profile that `source` holds.

    Raises:
        ProfileFormatError: It holds none, or one of another version.
    """
    try:
        table = pq.read_table(source)
    except pa.ArrowInvalid as error:
        raise ProfileFormatError(f"{source} holds no profile: {error}") from None
    raw = (table.schema.metadata or {}).get(KEY)
    content = json.loads(raw) if raw else {}
    if content.get("version") != VERSION:
        raise ProfileFormatError(
            f"{source} holds a profile of version {content.get('version')}, this program reads"
            f" version {VERSION}: run the audit again with --again"
        )
    parts = {
        name: table.filter(pa.compute.equal(table["part"], name))
        for name in table["part"].unique().to_pylist()
    }
    return _profile(content["profile"], {name: _histogram(part) for name, part in parts.items()})


def _rows(name: str, histogram: Histogram) -> pa.Table:
    part = pa.DictionaryArray.from_arrays(np.zeros(len(histogram.bins), np.int32), [name])
    numbers = (histogram.bins, histogram.counts, histogram.mass, histogram.lows, histogram.highs)
    return pa.Table.from_arrays([part, *(pa.array(n) for n in numbers)], schema=SCHEMA)


def _json_object(items: list[tuple[str, Any]]) -> dict[str, Any]:
    """Leave out the histograms, which asdict turns into dictionaries of arrays."""
    return {k: v for k, v in items if not _is_histogram(v)}


def _is_histogram(content: object) -> bool:
    # a column or a category may be called `bins` too
    return isinstance(content, dict) and isinstance(content.get("bins"), np.ndarray)


_LABELS = ("positive", "negative", "unlabelled")


def _histograms(profile: Profile) -> dict[str, Histogram]:
    found = {
        f"columns/{name}": column.histogram
        for name, column in profile.columns.items()
        if isinstance(column, NumericColumn)
    }
    if profile.scores is not None:
        found |= {f"scores/{label}": getattr(profile.scores, label) for label in _LABELS}
    return {name: histogram for name, histogram in found.items() if histogram.rows}


def _pairs(joint: JointCounts | None) -> list[list[Any]] | None:
    if joint is None:
        return None
    return [[*key, count, joint.mass[key]] for key, count in joint.counts.items()]


def _joint(cells: list[list[Any]] | None) -> JointCounts | None:
    if cells is None:
        return None
    return JointCounts(
        counts={(label, predicted): count for label, predicted, count, _ in cells},
        mass={(label, predicted): mass for label, predicted, _, mass in cells},
    )


def _profile(content: dict[str, Any], parts: dict[str, Histogram]) -> Profile:
    content["columns"] = {
        name: _column(column, parts.get(f"columns/{name}", EMPTY))
        for name, column in content["columns"].items()
    }
    content["outcomes"] = _joint(content["outcomes"])
    content["groups"] = {
        name: {group: _joint(cells) for group, cells in groups.items()}
        for name, groups in content["groups"].items()
    }
    if content["scores"] is not None:
        content["scores"] = _scores(content["scores"], parts)
    if content["errors"] is not None:
        content["errors"] = RegressionErrors(**content["errors"])
    return Profile(**content)


def _column(content: dict[str, Any], histogram: Histogram) -> Column:
    if "grid" not in content:
        return CategoricalColumn(**content)
    grid = content.pop("grid")
    heavy = tuple(HeavyBin(**each) for each in grid.pop("heavy"))
    return NumericColumn(**content, grid=Grid(**grid, heavy=heavy), histogram=histogram)


def _scores(content: dict[str, Any], parts: dict[str, Histogram]) -> Scores:
    bins = tuple(CalibrationBin(**each) for each in content.pop("calibration"))
    return Scores(
        **content,
        calibration=bins,
        positive=parts.get("scores/positive", EMPTY),
        negative=parts.get("scores/negative", EMPTY),
        unlabelled=parts.get("scores/unlabelled", EMPTY),
    )


def _histogram(part: pa.Table) -> Histogram:
    return Histogram(
        bins=part["bin"].to_numpy(),
        counts=part["rows"].to_numpy(),
        mass=part["mass"].to_numpy(),
        lows=part["low"].to_numpy(),
        highs=part["high"].to_numpy(),
    )

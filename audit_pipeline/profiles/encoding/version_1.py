"""Read profiles of version 1, which had fewer parts; those that it had not are absent."""

from typing import Any

import pyarrow as pa

from audit_pipeline.profiles.counts import CalibrationBin, JointCounts, RegressionErrors, Scores
from audit_pipeline.profiles.histogram import EMPTY, Grid, HeavyBin, Histogram
from audit_pipeline.profiles.profile import CategoricalColumn, Column, NumericColumn, Profile


def decode_version_1(content: dict[str, Any], table: pa.Table) -> Profile:
    """Return the profile of the scalars and the rows of a file of version 1."""
    return _profile(
        content,
        {
            name: _histogram(table.filter(pa.compute.equal(table["part"], name)))
            for name in table["part"].unique().to_pylist()
        },
    )


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

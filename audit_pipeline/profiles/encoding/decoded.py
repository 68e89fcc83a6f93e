"""The profile that scalars and rows of `encoded.py` are of."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from audit_pipeline.profiles.counts import (
    CalibrationBin,
    JointCounts,
    LossSums,
    Products,
    RegressionErrors,
    ScoreCounts,
    Scores,
)
from audit_pipeline.profiles.encoding.rows import KEYS, LABELS, Key
from audit_pipeline.profiles.histogram import EMPTY, Grid, HeavyBin, Histogram
from audit_pipeline.profiles.profile import (
    CategoricalColumn,
    Column,
    ExactSums,
    NumericColumn,
    Profile,
)

Parts = Mapping[Key, pa.Table]


def decode(header: Mapping[str, Any], table: pa.Table) -> Profile:
    """Return the profile; `header` and `table` as `encode` returns them."""
    parts = split(table)
    residuals = header["residuals"]
    volume = parts.get(("hour", None, None, None))
    return Profile(
        **{
            **header,
            "columns": {n: _column(n, told, parts) for n, told in header["columns"].items()},
            "outcomes": _joint(header["outcomes"], parts, None, None),
            "groups": {
                name: {group: _joint(told, parts, name, group) for group, told in groups.items()}
                for name, groups in header["groups"].items()
            },
            "scores": _scores(header["scores"], parts),
            "scores_by_group": {
                name: {group: ScoreCounts(**_by_label(parts, name, group)) for group in groups}
                for name, groups in header["scores_by_group"].items()
            },
            "errors": RegressionErrors(**header["errors"]) if header["errors"] else None,
            "residuals": _numeric(residuals, parts, "residual ", None) if residuals else None,
            "products": _products(header["products"], parts),
            "volume": dict(_pairs(volume, "value", "rows")) if volume is not None else {},
        }
    )


def split(table: pa.Table) -> dict[Key, pa.Table]:
    """Return the rows of each histogram and each table of cells, which stand together."""
    if not table.num_rows:
        return {}
    table = table.unify_dictionaries().combine_chunks()
    codes = [table[key].chunk(0) for key in KEYS]
    places = [np.asarray(code.indices.fill_null(-1)) for code in codes]
    changes = np.any([np.diff(place) != 0 for place in places], axis=0)
    starts = [0, *(np.flatnonzero(changes) + 1).tolist()]
    ends = [*starts[1:], table.num_rows]
    return {
        (str(codes[0][start]), *(code[start].as_py() for code in codes[1:])): table.slice(
            start, end - start
        )
        for start, end in zip(starts, ends, strict=True)
    }


def _column(name: str, told: Mapping[str, Any], parts: Parts) -> Column:
    if told["kind"] == "numeric":
        return _numeric(told, parts, "", name)
    rows = parts.get(("category", name, None, None))
    return CategoricalColumn(
        **{key: value for key, value in told.items() if key != "kind"},
        name=name,
        counts=dict(_pairs(rows, "value", "rows")) if rows is not None else {},
        mass=dict(_pairs(rows, "value", "mass")) if rows is not None else {},
    )


def _numeric(told: Mapping[str, Any], parts: Parts, kind: str, name: str | None) -> NumericColumn:
    heavy = parts.get((f"{kind}heavy bin", name, None, None))
    found = heavy.select(["bin", "low", "high"]).to_pylist() if heavy is not None else []
    grid = Grid(**told["grid"], heavy=tuple(HeavyBin(**each) for each in found))
    given = {key: value for key, value in told.items() if key != "kind"}
    return NumericColumn(
        **{
            **given,
            "grid": grid,
            "histogram": _histogram(parts.get((f"{kind}bin", name, None, None))),
            "sums": ExactSums(**told["sums"]) if told["sums"] else None,
        }
    )


def _histogram(part: pa.Table | None) -> Histogram:
    if part is None:
        return EMPTY
    return Histogram(
        bins=part["bin"].to_numpy(),
        counts=part["rows"].to_numpy(),
        mass=part["mass"].to_numpy(),
        lows=part["low"].to_numpy(),
        highs=part["high"].to_numpy(),
    )


def _joint(
    told: Mapping[str, Any] | None, parts: Parts, name: str | None, group: str | None
) -> JointCounts | None:
    if told is None:
        return None
    part = parts.get(("outcome", name, group, None))
    rows = part.to_pylist() if part is not None else []
    keys = [(row["value"], row["other"]) for row in rows]
    weighed = {key: row["squares"] for key, row in zip(keys, rows, strict=True)}
    return JointCounts(
        counts={key: row["rows"] for key, row in zip(keys, rows, strict=True)},
        mass={key: row["mass"] for key, row in zip(keys, rows, strict=True)},
        squares=weighed if told["squares"] else None,
    )


def _scores(told: Mapping[str, Any] | None, parts: Parts) -> Scores | None:
    if told is None:
        return None
    calibration = tuple(CalibrationBin(**each) for each in told["calibration"])
    sums = LossSums(**told["sums"]) if told["sums"] else None
    found = _by_label(parts, None, None)
    return Scores(**{**told, "calibration": calibration, "sums": sums, **found})


def _by_label(parts: Parts, name: str | None, group: str | None) -> dict[str, Histogram]:
    return {label: _histogram(parts.get(("score bin", name, group, label))) for label in LABELS}


def _products(told: Mapping[str, Any] | None, parts: Parts) -> Products | None:
    if told is None:
        return None
    lines = [parts[("product", name, None, None)] for name in told["names"]]

    def cells(column: str) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(int(cell) for cell in line[column].to_pylist()) for line in lines)

    return Products(
        names=tuple(told["names"]),
        counts=cells("rows"),
        sums=cells("sum"),
        products=cells("product"),
        squares=cells("square") if told["squares"] else None,
    )


def _pairs(rows: pa.Table, key: str, value: str) -> Any:  # noqa: ANN401 (pairs of either)
    return zip(rows[key].to_pylist(), rows[value].to_pylist(), strict=True)

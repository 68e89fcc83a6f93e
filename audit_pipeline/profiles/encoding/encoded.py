"""A profile as it is written: scalars in one JSON object, and the rows of `rows.py`."""

from dataclasses import asdict
from typing import Any

import pyarrow as pa

from audit_pipeline.profiles.counts import JointCounts, Products, Scores
from audit_pipeline.profiles.encoding.rows import rows_of
from audit_pipeline.profiles.profile import CategoricalColumn, Column, Profile


def encode(profile: Profile) -> tuple[dict[str, Any], pa.Table]:
    """Return the scalars of a profile, as JSON can say them, and its rows in their one order."""
    return _header(profile), rows_of(profile)


def _header(profile: Profile) -> dict[str, Any]:
    plain = ("rows", "zero_weight", "duplicate_ids", "null_ids", "labelled", "predicted")
    told = {
        name: getattr(profile, name)
        for name in (*plain, "engine", "positive", "weight_unit", "parts")
    }
    return told | {
        "unreadable": dict(profile.unreadable),
        "columns": {name: _column(column) for name, column in profile.columns.items()},
        "outcomes": _joint(profile.outcomes),
        "groups": {
            name: {group: _joint(joint) for group, joint in groups.items()}
            for name, groups in profile.groups.items()
        },
        "scores": _scores(profile.scores),
        "scores_by_group": {n: sorted(groups) for n, groups in profile.scores_by_group.items()},
        "errors": asdict(profile.errors) if profile.errors else None,
        "residuals": _column(profile.residuals) if profile.residuals else None,
        "products": _products(profile.products),
    }


def _column(column: Column) -> dict[str, Any]:
    told = {"rows": column.rows, "nulls": column.nulls, "effective_rows": column.effective_rows}
    if isinstance(column, CategoricalColumn):
        folded = {"folded": column.folded, "folded_mass": float(column.folded_mass)}
        return {"kind": "categorical", **told, **folded}
    grid = column.grid
    return {
        "kind": "numeric",
        "name": column.name,
        **told,
        "nans": column.nans,
        "infinities": column.infinities,
        "grid": {"centre": grid.centre, "scale": grid.scale, "resolution": grid.resolution},
        "mean": column.mean,
        "standard_deviation": column.standard_deviation,
        "sums": asdict(column.sums) if column.sums else None,
    }


def _joint(joint: JointCounts | None) -> dict[str, Any] | None:
    return None if joint is None else {"squares": joint.squares is not None}


def _scores(scores: Scores | None) -> dict[str, Any] | None:
    if scores is None:
        return None
    plain = ("nulls", "invalid", "brier", "brier_variance", "log_loss", "log_loss_variance")
    return {
        **{name: getattr(scores, name) for name in plain},
        "calibration": [asdict(each) for each in scores.calibration],
        "sums": asdict(scores.sums) if scores.sums else None,
    }


def _products(products: Products | None) -> dict[str, Any] | None:
    if products is None:
        return None
    return {"names": list(products.names), "squares": products.squares is not None}

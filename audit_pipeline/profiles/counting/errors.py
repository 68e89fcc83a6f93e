"""Count the errors of a regression: how far predictions were from labels."""

from dataclasses import dataclass

import ibis

from audit_pipeline.profiles.counting.exact import exact_sum
from audit_pipeline.profiles.counting.numbers import count_apart
from audit_pipeline.profiles.counts import LOSS_UNIT, RegressionErrors
from audit_pipeline.profiles.engine import IbisTable, IbisValue, as_number, one_row
from audit_pipeline.profiles.histogram import Grid
from audit_pipeline.profiles.losses import mean_and_variance
from audit_pipeline.profiles.moments import kish_rows
from audit_pipeline.profiles.profile import UNIT, NumericColumn

RESIDUALS = "residuals"
"""What the column of residuals is called."""
LARGEST = 1e75
"""A label or a prediction beyond it counts as not finite: its fourth power has no double."""
SLIGHT = 1e-30
"""A smaller part of the whole is none: its square would be, and PostgreSQL would raise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Extent:
    """What has to be known before errors can be summed exactly."""

    count: int
    farthest: float
    lowest: float
    highest: float


def residual(rows: IbisTable) -> IbisValue:
    """Return label minus prediction of each row, null where not both are finite numbers."""
    label, prediction = (_finite(as_number(rows[n])) for n in ("target", "prediction"))
    return label - prediction


def count_residuals(rows: IbisTable, grid: Grid) -> NumericColumn:
    """Return label minus prediction, counted on the baseline's grid of the same.

    Args:
        rows: As for `count_errors`.
        grid: Of the baseline's residuals.
    """
    weight = "w" if "w" in rows.columns else None
    kept = {"w": rows.w} if weight else {}
    return count_apart(rows.select(**{RESIDUALS: residual(rows)}, **kept), RESIDUALS, grid, weight)


def _finite(number: IbisValue) -> IbisValue:
    # NaN is greater than any number, or not comparable: either way it is not within
    return ibis.ifelse(number.abs() <= LARGEST, number, ibis.null("float64"))


def count_errors(rows: IbisTable) -> RegressionErrors | None:
    """Return the errors of a regression, None where no row has both label and prediction.

    They are summed in units of the largest, so that sums keep their digits: one query looks for
    it, one sums.

    Args:
        rows: With columns `target` and `prediction`, both numbers, and `w` if rows have weights.
    """
    weight = {"w": rows.w} if "w" in rows.columns else {}
    pairs = rows.select(y=_finite(as_number(rows.target)), error=residual(rows).abs(), **weight)
    both = pairs.filter(pairs.error.notnull())
    extent = _extent(both)
    if extent is None:
        return None
    unit, span = extent.farthest or 1.0, extent.highest - extent.lowest or 1.0
    share = _share(both.error, unit)
    asked = {"absolute": share, "squared": share * share}
    asked["label"] = _share(both.y - extent.lowest, span)
    sums = _summed(both.mutate(**asked), list(asked))
    weight_sum = sums.get("weight", extent.count * LOSS_UNIT)
    found = {n: mean_and_variance(sums[n], sums[f"{n}_squares"], weight_sum) for n in asked}
    mass = sums.get("mass", extent.count * UNIT)
    return RegressionErrors(
        count=extent.count,
        effective_rows=kish_rows(mass, sums.get("squares", mass)),
        mean_absolute=found["absolute"][0] * unit,
        absolute_variance=found["absolute"][1] * unit**2,
        mean_squared=found["squared"][0] * unit**2,
        squared_variance=found["squared"][1] * unit**4,
        label_variance=found["label"][1] * span**2,
        mass=mass / UNIT,
        label_mean=extent.lowest + found["label"][0] * span,
        label_span=span,
    )


def _extent(both: IbisTable) -> _Extent | None:
    found = one_row(
        both.aggregate(
            count=both.count(),
            farthest=both.error.max(),
            lowest=both.y.min(),
            highest=both.y.max(),
        )
    )
    return _Extent(**found) if found["count"] else None


def _share(value: IbisValue, whole: float) -> IbisValue:
    return ibis.ifelse(value < whole * SLIGHT, 0.0, value) / whole


def _summed(rows: IbisTable, names: list[str]) -> dict[str, int]:
    weighted = "w" in rows.columns
    asked = {}
    for name in names:
        for key, value in ((name, rows[name]), (f"{name}_squares", rows[name] * rows[name])):
            asked[key] = exact_sum(rows.w * value if weighted else value, LOSS_UNIT)
    if weighted:
        asked |= {"weight": exact_sum(rows.w, LOSS_UNIT), "mass": exact_sum(rows.w, UNIT)}
        asked["squares"] = exact_sum(rows.w * rows.w, UNIT)
    return {name: int(value) for name, value in one_row(rows.aggregate(**asked)).items()}

"""Count what the model said against what came out: by label, prediction, group and score."""

from typing import Any

import ibis

from audit_pipeline.profiles.columns import count_bins, fixed_sum, mass, one_row, sums
from audit_pipeline.profiles.counts import CalibrationBin, JointCounts, RegressionErrors, Scores
from audit_pipeline.profiles.engine import IbisTable, IbisValue, as_code, as_number
from audit_pipeline.profiles.histogram import EMPTY, Histogram

LOGIT_RESOLUTION = 1000
CALIBRATION_BINS = 10
PRECISE = 2**30
"""Losses are summed in whole multiples of 1/PRECISE."""
CERTAIN = 2.220446049250313e-16
"""Scores are kept this far from 0 and 1 in a log loss, as scikit-learn does for doubles."""
MISSING = "missing"
"""The group of rows whose protected attribute is null. A category of that name stands in quotes."""


def joint_counts(rows: IbisTable) -> JointCounts:
    """Return the rows by their `label` and `predicted` columns."""
    return _joint(_cells(rows, ["label", "predicted"]))


def joint_counts_by_group(rows: IbisTable, group: IbisValue) -> dict[str, JointCounts]:
    """Return the same for each value of `group`; rows without one are the group `missing`."""
    code = as_code(group)
    taken = code.re_search(f"^'*{MISSING}'*$")  # quotes too, else a second name would be taken
    named = ibis.ifelse(taken, ibis.literal("'") + code + "'", code)
    grouped = rows.mutate(group=named.fill_null(MISSING))
    cells = _cells(grouped, ["group", "label", "predicted"])
    names = sorted({cell["group"] for cell in cells})
    return {name: _joint([c for c in cells if c["group"] == name]) for name in names}


def _cells(rows: IbisTable, keys: list[str]) -> list[dict[str, Any]]:
    found = rows.group_by(keys).aggregate(**sums(rows)).order_by(keys).to_pyarrow()
    cells: list[dict[str, Any]] = found.to_pylist()
    return cells


def _joint(cells: list[dict[str, Any]]) -> JointCounts:
    return JointCounts(
        counts={(c["label"], c["predicted"]): c["rows"] for c in cells},
        mass={(c["label"], c["predicted"]): mass(c) for c in cells},
    )


def count_scores(rows: IbisTable, score: IbisValue, positive: str) -> Scores:
    """Return the scores of a binary classifier counted by label, with their losses."""
    scored = rows.mutate(x=as_number(score))
    valid = (scored.x >= 0) & (scored.x <= 1)  # NaN is not below 1 in every engine: see next
    valid &= ~scored.x.isnan() & scored.x.notnull()
    facts = one_row(
        scored.aggregate(nulls=scored.x.isnull().sum(), valid=valid.sum(), rows=scored.count())
    )
    good = scored.filter(valid)
    labelled = good.filter(good.label.notnull())
    labelled = labelled.mutate(y=ibis.ifelse(labelled.label == positive, 1.0, 0.0))
    nulls = facts["nulls"] or 0
    return Scores(
        positive=_logit_histogram(good.filter(good.label == positive)),
        negative=_logit_histogram(good.filter(good.label != positive)),
        unlabelled=_logit_histogram(good.filter(good.label.isnull())),
        nulls=nulls,
        invalid=facts["rows"] - nulls - (facts["valid"] or 0),
        calibration=_calibration(labelled),
        **_losses(labelled),
    )


def _logit_histogram(scored: IbisTable) -> Histogram:
    inner = (scored.x > 0) & (scored.x < 1)
    safe = ibis.ifelse(inner, scored.x, 0.5)
    logit = (safe / (1 - safe)).ln() * LOGIT_RESOLUTION
    outer = ibis.ifelse(scored.x <= 0, -(10**9), 10**9)
    place = ibis.ifelse(inner, logit.floor().cast("int64"), outer)
    histogram, _ = count_bins(scored, place)
    return histogram if histogram.rows else EMPTY


def _calibration(labelled: IbisTable) -> tuple[CalibrationBin, ...]:
    place = ibis.least((labelled.x * CALIBRATION_BINS).floor().cast("int64"), CALIBRATION_BINS - 1)
    rows = labelled.mutate(bin=place)
    found = rows.group_by("bin").aggregate(
        **sums(rows),
        score=fixed_sum(rows.w * rows.x, PRECISE),
        label=fixed_sum(rows.w * rows.y, PRECISE),
    )
    return tuple(
        CalibrationBin(
            low=row["bin"] / CALIBRATION_BINS,
            high=(row["bin"] + 1) / CALIBRATION_BINS,
            count=row["rows"],
            mass=mass(row),
            mean_score=float(row["score"]) / PRECISE / mass(row),
            positive_share=float(row["label"]) / PRECISE / mass(row),
        )
        for row in found.order_by("bin").to_pyarrow().to_pylist()
    )


def _losses(labelled: IbisTable) -> dict[str, float | None]:
    kept = ibis.greatest(ibis.least(labelled.x, 1 - CERTAIN), CERTAIN)
    log_loss = -(ibis.ifelse(labelled.y == 1, kept, 1 - kept)).ln()
    brier = (labelled.x - labelled.y) ** 2
    weighed = labelled.mutate(log_loss=log_loss, brier=brier)
    means = weighted_means(weighed, ["log_loss", "brier"])
    if means is None:
        return dict.fromkeys(("brier", "brier_variance", "log_loss", "log_loss_variance"))
    return {
        "brier": means["brier"][0],
        "brier_variance": means["brier"][1],
        "log_loss": means["log_loss"][0],
        "log_loss_variance": means["log_loss"][1],
    }


def weighted_means(rows: IbisTable, names: list[str]) -> dict[str, tuple[float, float]] | None:
    """Return mean and population variance of each column, weighted by `w`; None of no rows."""
    asked = {"rows": rows.count(), "total": fixed_sum(rows.w, PRECISE)}
    for name in names:
        asked[name] = fixed_sum(rows.w * rows[name], PRECISE)
        asked[f"{name}_squares"] = fixed_sum(rows.w * rows[name] ** 2, PRECISE)
    found = one_row(rows.aggregate(**asked))
    if not found["rows"]:
        return None
    total = float(found["total"])
    means = {name: float(found[name]) / total for name in names}
    return {
        n: (mean, max(0.0, float(found[f"{n}_squares"]) / total - mean * mean))
        for n, mean in means.items()
    }


def count_errors(
    rows: IbisTable, label: IbisValue, prediction: IbisValue
) -> RegressionErrors | None:
    """Return the errors of a regression, None where no row has both label and prediction."""
    pairs = rows.mutate(y=as_number(label), x=as_number(prediction))
    both = pairs.filter(
        pairs.y.notnull()
        & pairs.x.notnull()
        & ~(pairs.y - pairs.x).isnan()
        & ~(pairs.y - pairs.x).isinf()
    )
    farthest = (both.y - both.x).abs().max()
    size = one_row(both.aggregate(n=both.count(), s=farthest, c=both.y.min(), d=both.y.max()))
    if not size["n"]:
        return None
    unit, origin = size["s"] or 1.0, size["c"]  # losses in units of the largest: sums keep digits
    span = size["d"] - origin or 1.0
    error = (both.y - both.x).abs() / unit
    losses = both.mutate(absolute=error, squared=error**2, shifted=(both.y - origin) / span)
    means = weighted_means(losses, ["absolute", "squared", "shifted"])
    kish_facts = one_row(losses.aggregate(m=fixed_sum(losses.w), q=fixed_sum(losses.w**2)))
    if means is None:
        return None
    return RegressionErrors(
        count=size["n"],
        effective_rows=float(kish_facts["m"]) ** 2 / float(kish_facts["q"]) / 2**20,
        mean_absolute=means["absolute"][0] * unit,
        absolute_variance=means["absolute"][1] * unit**2,
        mean_squared=means["squared"][0] * unit**2,
        squared_variance=means["squared"][1] * unit**4,
        label_variance=means["shifted"][1] * span**2,
    )

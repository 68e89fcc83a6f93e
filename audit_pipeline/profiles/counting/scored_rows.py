"""Scores in an engine's words: their bins on a grid of logits, and what they cost."""

import ibis

from audit_pipeline.profiles.counting.classes import Binary, classes
from audit_pipeline.profiles.counting.exact import exact_sum, floored
from audit_pipeline.profiles.counting.places import computed
from audit_pipeline.profiles.counts import LOSS_UNIT
from audit_pipeline.profiles.engine import IbisTable, IbisValue, as_number

LOGIT_RESOLUTION = 1000
"""Bins to a unit of logit."""
COARSER = 10
"""Bins of the whole window to one of a group: groups are many, and fewer rows need fewer bins."""
ZERO, ONE, INVALID, NULL = -(10**9), 10**9, 2 * 10**9, 3 * 10**9
"""The bins of 0 and 1, which have no logit; of what is no probability; of no score."""
CERTAIN = 2.220446049250313e-16
"""Scores are kept this far from 0 and 1 in a log loss, as scikit-learn does for doubles."""
SLIGHT = 1e-30
"""A smaller distance is none: its square has no double, and PostgreSQL would raise."""
NEGATIVE, POSITIVE, UNLABELLED = 0, 1, 2


def scored_rows(rows: IbisTable, binary: Binary, keys: list[str] | None = None) -> IbisTable:
    """Return each row's label, as a number, its score `x` (0.5 where it has none) and its `bin`.

    Args:
        rows: With a column `score`, and `target` and `w` as far as there are any.
        binary: The two classes.
        keys: Columns to be kept beside them.
    """
    score = as_number(rows.score)
    valid = (score >= 0) & (score <= 1) & ~score.isnan() & score.notnull()
    label: IbisValue = ibis.literal(UNLABELLED)
    if "target" in rows.columns:
        code = classes(rows, "target", binary)
        known_as = (code == binary.positive, POSITIVE), (code.notnull(), NEGATIVE)
        label = ibis.cases(*known_as, else_=UNLABELLED)
    kept = {name: rows[name] for name in (*(keys or []), "w") if name in rows.columns}
    known = rows.select(
        **kept,
        label=label,
        x=ibis.ifelse(valid, score, 0.5),
        what=ibis.cases((score.isnull(), NULL), (valid, 0), else_=INVALID),
    )
    inner = (known.x > 0) & (known.x < 1)
    safe = ibis.ifelse(inner, known.x, 0.5)
    logit = floored((safe / (1 - safe)).ln() * LOGIT_RESOLUTION)
    place = ibis.cases(
        (known.what != 0, known.what), (inner, logit), (known.x <= 0, ZERO), else_=ONE
    )
    return computed(known.mutate(bin=place).drop("what"))


def loss_sums(rows: IbisTable) -> dict[str, IbisValue]:
    """Return what is summed over scored rows for losses and calibration: see `LossSums`."""
    positive = rows.label == POSITIVE
    kept = ibis.greatest(ibis.least(rows.x, 1 - CERTAIN), CERTAIN)
    log_loss = -ibis.ifelse(positive, kept, 1 - kept).ln()
    away = ibis.ifelse(positive, 1 - rows.x, rows.x)
    brier = ibis.ifelse(away < SLIGHT, 0.0, away) ** 2
    asked = {"score": rows.x, "brier": brier, "log_loss": log_loss}
    asked |= {"brier_squares": brier * brier, "log_loss_squares": log_loss * log_loss}
    if "w" in rows.columns:
        asked = {name: rows.w * value for name, value in asked.items()} | {"weight": rows.w}
    return {name: exact_sum(value, LOSS_UNIT) for name, value in asked.items()}

"""A judged number as a picture: where it lies between its baseline and its limits."""

import math

from markupsafe import Markup

from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.limit import Against, Limit, Worse
from audit_pipeline.report.numbers import number
from audit_pipeline.report.pictures.axis import Label
from audit_pipeline.report.pictures.strip import Strip, strip


def judged(outcome: Outcome, title: str, label: Label = number) -> Markup | None:
    """Return the picture of one outcome, or None where no finite number was measured."""
    measured, limit = outcome.measurement, outcome.limit
    if measured is None or not math.isfinite(measured.value):
        return None
    baseline, interval = measured.baseline_value, measured.interval
    shown = Strip(
        value=measured.value,
        baseline=baseline,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        warn=place(limit, limit.warn, baseline) if limit else None,
        fail=place(limit, limit.fail, baseline) if limit else None,
    )
    return strip(shown, title=title, label=label)


def place(limit: Limit, bound: float | None, baseline: float | None) -> float | None:
    """Return where a bound lies on the axis of the number itself.

    A bound on a change lies that far from the baseline, on the side that is worse; without a
    baseline it lies nowhere.

    >>> place(Limit(warn=None, fail=0.25, worse=Worse.LOWER, against=Against.CHANGE), 0.25, 0.75)
    0.5
    """
    if bound is None or limit.against is Against.VALUE:
        return bound
    if baseline is None:
        return None
    sign = 1.0 if limit.worse is Worse.HIGHER else -1.0
    unit = abs(baseline) if limit.against is Against.RELATIVE_CHANGE else 1.0
    return baseline + sign * bound * unit

"""How well the score ranks positives above negatives."""

from dataclasses import dataclass

import numpy as np

from audit_pipeline.domain.limit import Against, Limit, Worse
from audit_pipeline.domain.measurement import Interval
from audit_pipeline.metrics.base import Metric, Reading, UnmeasurableError
from audit_pipeline.metrics.performance.scores.base import scored
from audit_pipeline.metrics.proportions.base import wilson
from audit_pipeline.metrics.scopes import WholeWindow
from audit_pipeline.profiles.histogram import FloatArray, Histogram, align
from audit_pipeline.profiles.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The area, its error bound, and the variances of one positive's and one negative's part."""

    area: float
    error_bound: float
    variances: tuple[float, float]


def ranking(positive: Histogram, negative: Histogram) -> Ranking:
    """Return the chance that a positive scores above a negative, ties counting one half.

    Rows of a shared bin count by the bin's ranges where these do not overlap, and as ties where
    they do: exact for a single value, else off by no more than half the bin's pairs.
    """
    both = align(positive, negative)
    above = np.where(
        both.first_lows > both.second_highs,
        1.0,
        np.where(both.first_highs < both.second_lows, 0.0, 0.5),
    )
    single = (both.first_lows == both.first_highs) & (both.second_lows == both.second_highs)
    unsure = (above == 0.5) & ~single  # noqa: PLR2004 (a tie)
    below_before = np.cumsum(both.second) - both.second
    beyond = 1.0 - np.cumsum(both.first)
    beaten = below_before + both.second * above  # by a positive of this bin
    beaten_by = beyond + both.first * above  # positives above a negative of this bin
    area = float(np.sum(both.first * beaten))
    return Ranking(
        area=min(1.0, max(0.0, area)),
        error_bound=float(np.sum((both.first * both.second)[unsure])) / 2,
        variances=(_variance(both.first, beaten, area), _variance(both.second, beaten_by, area)),
    )


def _variance(shares: FloatArray, parts: FloatArray, mean: float) -> float:
    return float(np.sum(shares * (parts - mean) ** 2))


def area_interval(found: Ranking, positives: float, negatives: float) -> Interval:
    """Return the 95 % interval of the area under the curve, between 0 and 1.

    Wilson's interval at the number of rows that would give DeLong's variance (the modified Wilson
    interval of Kottas, Kuss and Zapf 2014, BMC Medical Research Methodology 14:26). That number is
    never below the smaller class (Birnbaum and Klose 1957), which is used where the classes are
    apart and DeLong's variance is zero. The error bound is added on both sides.
    """
    smaller = min(positives, negatives)
    delong = sum(
        variance / max(rows - 1, 1.0)
        for variance, rows in zip(found.variances, (positives, negatives), strict=True)
    )
    spread = found.area * (1 - found.area)
    ends = wilson(found.area, max(smaller, spread / delong) if delong > 0 else smaller)
    return Interval(
        low=max(0.0, ends.low - found.error_bound), high=min(1.0, ends.high + found.error_bound)
    )


def roc_auc(profile: Profile) -> Reading:
    """Return the area under the receiver operating characteristic, between 0 and 1 (0.5: chance).

    Source: Hanley and McNeil (1982), Radiology 143, 29-36; same definition as
    `sklearn.metrics.roc_auc_score`, up to the stated error bound; variance after DeLong et al.
    (1988), Biometrics 44, 837-845. High risk: a fall against the baseline. Limitation: says nothing
    of whether the scores are right as probabilities, nor of the threshold in use.

    Raises:
        UnmeasurableError: Positives or negatives are lacking among the labelled, scored rows.
    """
    known = scored(profile)
    for histogram, name in (
        (known.scores.positive, "positive"),
        (known.scores.negative, "negative"),
    ):
        if not histogram.rows:
            raise UnmeasurableError(f"no scored row is labelled {name}, so nothing can be ranked")
    found = ranking(known.scores.positive, known.scores.negative)
    return Reading(
        value=found.area,
        rows=known.rows.rows,
        used=known.rows.used,
        left_out=known.rows.left_out,
        interval=area_interval(found, known.positives, known.negatives),
        error_bound=found.error_bound,
        detail={"positives": known.scores.positive.rows, "negatives": known.scores.negative.rows},
    )


METRIC = Metric(
    title="Area under the ROC curve",
    asset="performance",
    measure=WholeWindow(roc_auc, frozenset({"binary", "labels", "scores"})),
    limit=Limit(warn=0.02, fail=0.05, worse=Worse.LOWER, against=Against.CHANGE),
)

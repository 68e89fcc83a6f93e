"""Losses and calibration of scores, from the whole numbers that were summed over the rows."""

from typing import TypedDict

from audit_pipeline.profiles.counts import LOSS_UNIT, CalibrationBin, LossSums

CALIBRATION_BINS = 10


class Losses(TypedDict):
    """Mean losses and their variances, as `Scores` names them; None without labelled rows."""

    brier: float | None
    brier_variance: float | None
    log_loss: float | None
    log_loss_variance: float | None


def mean_and_variance(total: int, squares: int, weight: int) -> tuple[float, float]:
    """Return mean and population variance of what sums to `total`, its squares to `squares`.

    All three are in the same unit; the variance is free of cancellation, and never below 0.

    >>> mean_and_variance(6, 20, 2)
    (3.0, 1.0)
    """
    return total / weight, max(0, squares * weight - total * total) / weight**2


def losses(sums: LossSums | None) -> Losses:
    """Return Brier score and log loss with their variances, as `Scores` names them.

    All are None where no labelled row weighs anything.
    """
    if sums is None or not sums.weight:
        return {"brier": None, "brier_variance": None, "log_loss": None, "log_loss_variance": None}
    brier = mean_and_variance(sums.brier, sums.brier_squares, sums.weight)
    log_loss = mean_and_variance(sums.log_loss, sums.log_loss_squares, sums.weight)
    return {
        "brier": brier[0],
        "brier_variance": brier[1],
        "log_loss": log_loss[0],
        "log_loss_variance": log_loss[1],
    }


def calibration_bin(
    place: int, count: int, mass: float, score_sum: int, positive_sum: int
) -> CalibrationBin:
    """Return the calibration bin at `place`, from 0, of rows that weigh `mass` together."""
    return CalibrationBin(
        low=place / CALIBRATION_BINS,
        high=(place + 1) / CALIBRATION_BINS,
        count=count,
        mass=mass,
        mean_score=score_sum / LOSS_UNIT / mass,
        positive_share=positive_sum / LOSS_UNIT / mass,
        score_sum=score_sum,
        positive_sum=positive_sum,
    )

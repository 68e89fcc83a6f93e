"""Bring the weights of several profiles to one unit, so that they can be added."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from audit_pipeline.profiles.counts import JointCounts, LossSums, ScoreCounts, Scores
from audit_pipeline.profiles.histogram import Histogram
from audit_pipeline.profiles.merging.columns import MergeError
from audit_pipeline.profiles.profile import Column, ExactSums, NumericColumn, Profile

FARTHEST_APART = 2**100
K = TypeVar("K")
S = TypeVar("S", Scores, ScoreCounts)


def in_one_unit(profiles: Sequence[Profile]) -> list[Profile]:
    """Return the profiles with all weights in the smallest of their units.

    Units are powers of two, so weights keep every digit.

    Raises:
        MergeError: The units are too far apart for the weights to be of one kind.
    """
    unit = min(profile.weight_unit for profile in profiles)
    farthest = max(profile.weight_unit for profile in profiles) / unit
    if farthest > FARTHEST_APART:
        raise MergeError(
            f"the largest weights of two parts are {farthest:.0e} times apart: they were not"
            " weighted alike"
        )
    return [_times(profile, int(profile.weight_unit / unit), unit) for profile in profiles]


def _times(profile: Profile, factor: int, unit: float) -> Profile:
    if factor == 1:
        return profile
    return replace(
        profile,
        weight_unit=unit,
        columns={name: _column(column, factor) for name, column in profile.columns.items()},
        outcomes=_joint(profile.outcomes, factor) if profile.outcomes else None,
        groups={
            name: {group: _joint(joint, factor) for group, joint in groups.items()}
            for name, groups in profile.groups.items()
        },
        scores=_scores(profile.scores, factor) if profile.scores else None,
        scores_by_group={
            name: {group: _labels(scores, factor) for group, scores in groups.items()}
            for name, groups in profile.scores_by_group.items()
        },
        residuals=_numeric(profile.residuals, factor) if profile.residuals else None,
        errors=replace(profile.errors, mass=profile.errors.mass * factor)
        if profile.errors and profile.errors.mass
        else profile.errors,
    )


def _column(column: Column, factor: int) -> Column:
    if isinstance(column, NumericColumn):
        return _numeric(column, factor)
    return replace(
        column, mass=_cells(column.mass, factor), folded_mass=column.folded_mass * factor
    )


def _numeric(column: NumericColumn, factor: int) -> NumericColumn:
    sums = column.sums and ExactSums(
        weight=column.sums.weight * factor,
        weight_squares=column.sums.weight_squares * factor**2,
        first=None if column.sums.first is None else column.sums.first * factor,
        second=None if column.sums.second is None else column.sums.second * factor,
    )
    return replace(column, histogram=_histogram(column.histogram, factor), sums=sums)


def _histogram(histogram: Histogram, factor: int) -> Histogram:
    return replace(histogram, mass=histogram.mass * float(factor))


def _joint(joint: JointCounts, factor: int) -> JointCounts:
    # without squares every row weighs 1, which is a weight of `factor` in the new unit
    squares = joint.counts if joint.squares is None else joint.squares
    return replace(joint, mass=_cells(joint.mass, factor), squares=_cells(squares, factor * factor))


def _cells(cells: Mapping[K, float], factor: int) -> dict[K, float]:
    return {key: weight * factor for key, weight in cells.items()}


def _scores(scores: Scores, factor: int) -> Scores:
    calibration = tuple(
        replace(
            each,
            mass=each.mass * factor,
            score_sum=None if each.score_sum is None else each.score_sum * factor,
            positive_sum=None if each.positive_sum is None else each.positive_sum * factor,
        )
        for each in scores.calibration
    )
    sums = scores.sums and LossSums(
        weight=scores.sums.weight * factor,
        brier=scores.sums.brier * factor,
        brier_squares=scores.sums.brier_squares * factor,
        log_loss=scores.sums.log_loss * factor,
        log_loss_squares=scores.sums.log_loss_squares * factor,
    )
    return _labels(replace(scores, calibration=calibration, sums=sums), factor)


def _labels(scores: S, factor: int) -> S:
    return replace(
        scores,
        positive=_histogram(scores.positive, factor),
        negative=_histogram(scores.negative, factor),
        unlabelled=_histogram(scores.unlabelled, factor),
    )

"""One profile of several: hours into days into weeks, the partitions of a cluster into a whole."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from audit_pipeline.profiles.counting.codes import UncountableError
from audit_pipeline.profiles.merging.columns import MergeError, merge_columns, merge_numeric
from audit_pipeline.profiles.merging.outputs import (
    merge_errors,
    merge_groups,
    merge_joint,
    merge_products,
    merge_score_counts,
    merge_scores,
)
from audit_pipeline.profiles.merging.weights import in_one_unit
from audit_pipeline.profiles.profile import Column, NumericColumn, Profile

__all__ = ["MergeError", "merge_profiles"]

T = TypeVar("T")


def merge_profiles(profiles: Sequence[Profile]) -> Profile:
    """Return the profile of all parts' rows, as if they had been counted at once.

    The parts must have been counted on one plan, which is that of the baseline, and no row may be
    in two of them. Counts, bins, extremes, exact sums and what follows from them are those of the
    whole to the last digit, in whatever order the parts come; a regression's errors agree to about
    1e-9. `parts` says of how many profiles the result is made.

    Limitation: an id that two parts have cannot be found in profiles, so `duplicate_ids` is the
    least there can be. Weights that parts counted in different units are exact in the finer one,
    where the whole would have been counted in the coarser, and the lightest rows left out. A column
    that one part could not count is unreadable in the whole.

    Raises:
        MergeError: There is none, or they do not fit together: their grids, kinds of column or
            positive classes differ, or one is of a version that says too little.
    """
    if not profiles:
        raise MergeError("there is no profile to be merged: name at least one")
    if len(profiles) == 1:
        return profiles[0]
    _require_one_task(profiles)
    parts = in_one_unit(profiles)
    columns, unreadable = _columns(parts)
    return Profile(
        rows=sum(part.rows for part in parts),
        zero_weight=sum(part.zero_weight for part in parts),
        duplicate_ids=sum(part.duplicate_ids for part in parts),
        null_ids=sum(part.null_ids for part in parts),
        labelled=sum(part.labelled for part in parts),
        predicted=sum(part.predicted for part in parts),
        engine=" + ".join(sorted({part.engine for part in parts})),
        positive=parts[0].positive,
        columns=columns,
        outcomes=_in_all(merge_joint, [part.outcomes for part in parts]),
        groups=merge_groups([part.groups for part in parts], merge_joint),
        scores=_in_all(merge_scores, [part.scores for part in parts]),
        errors=merge_errors([part.errors for part in parts if part.errors is not None]),
        scores_by_group=merge_groups([p.scores_by_group for p in parts], merge_score_counts),
        residuals=_residuals(parts),
        products=_in_all(merge_products, [p.products for p in _filled(parts)]),
        volume=_volume(parts),
        weight_unit=parts[0].weight_unit,
        parts=sum(part.parts for part in parts),
        unreadable=unreadable,
    )


def _require_one_task(profiles: Sequence[Profile]) -> None:
    classes = sorted({str(profile.positive) for profile in profiles})
    if len(classes) > 1:
        raise MergeError(
            f"the parts have different positive classes, {' and '.join(classes)}: merge windows of"
            " one audit whose target says `positive` alike"
        )
    if len({profile.outcomes is None for profile in profiles}) > 1:
        raise MergeError(
            "some parts are of a regression and some of a classification: merge windows of one"
            " audit"
        )


def _columns(parts: Sequence[Profile]) -> tuple[dict[str, Column], dict[str, str]]:
    columns: dict[str, Column] = {}
    unreadable: dict[str, str] = {}
    names = dict.fromkeys(name for part in parts for name in (*part.columns, *part.unreadable))
    for name in names:
        found = [part.columns[name] for part in parts if name in part.columns]
        if len(found) < len(parts):
            unreadable[name] = _why(name, parts)
            continue
        try:
            columns[name] = merge_columns(name, found)
        except UncountableError as error:
            unreadable[name] = str(error)
    return columns, unreadable


def _why(name: str, parts: Sequence[Profile]) -> str:
    """Return why a column that some part could not count is not in the whole."""
    lost = [part for part in parts if name not in part.columns]
    reasons = sorted({part.unreadable.get(name, f"it does not count {name}") for part in lost})
    if len(lost) == len(parts) and len(reasons) == 1:
        return reasons[0]
    return f"{len(lost)} of {len(parts)} parts: {'; '.join(reasons)}"


def _in_all(merge: Callable[[Sequence[T]], T], found: Sequence[T | None]) -> T | None:
    """Return what all parts have, merged; None where one has it not."""
    known = [each for each in found if each is not None]
    return merge(known) if known and len(known) == len(found) else None


def _filled(parts: Sequence[Profile]) -> Sequence[Profile]:
    """Return the parts with rows; all, where none has."""
    return [part for part in parts if part.rows] or parts


def _residuals(parts: Sequence[Profile]) -> NumericColumn | None:
    """Return the residuals of the parts that have any; those without have no error to count."""
    found = [part.residuals for part in parts if part.residuals is not None]
    return merge_numeric(found) if found else None


def _volume(parts: Sequence[Profile]) -> dict[str, int]:
    """Return the rows by hour; none where a part with rows does not know their hours."""
    if any(part.rows and not part.volume for part in parts):
        return {}
    hours = sorted({hour for part in parts for hour in part.volume})
    return {hour: sum(part.volume.get(hour, 0) for part in parts) for hour in hours}

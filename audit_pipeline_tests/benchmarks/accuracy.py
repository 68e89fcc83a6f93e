"""How far measured numbers are from the exact ones."""

from collections.abc import Iterable, Mapping
from typing import Any

Said = Mapping[str, Any]
COMPARED = ("kolmogorov_smirnov", "wasserstein_distance")
APART = 0.01
"""Standard deviations: the relative error of a distance that is almost none tells nothing."""
ROUNDING = 1e-9
"""Of two ways to add the same floating-point numbers."""


def accuracy(measured: Said, exact: Said) -> dict[str, Any]:
    """Return how far what `measured` printed is from what `exact` did.

    `kolmogorov_smirnov` and `wasserstein_distance` are the largest differences of all columns (the
    distance is in standard deviations), `wasserstein_relative` the largest in shares of the exact
    distance. `beyond_bound` names the numbers that are farther off than they say, or are missing;
    `counts_wrong` the columns with another count than the rows have.
    """
    found = {(each["metric"], each["subject"]): each for each in measured["numbers"]}
    off: dict[str, dict[str, float]] = {metric: {} for metric in COMPARED}
    beyond = []
    for subject, metric, true in _comparable(exact):
        number = found.get((metric, subject), {})
        if number.get("value") is None:
            beyond.append(f"{metric} of {subject}: no number")
            continue
        off[metric][subject] = abs(number["value"] - true)
        if off[metric][subject] > number["bound"] + ROUNDING:
            beyond.append(f"{metric} of {subject}")
    apart, distance = off[COMPARED[1]], {s: v for s, m, v in _comparable(exact) if m == COMPARED[1]}
    relative = [each / distance[s] for s, each in apart.items() if distance[s] >= APART]
    return {
        **{metric: largest(each.values()) for metric, each in off.items()},
        "wasserstein_relative": largest(relative),
        "beyond_bound": beyond,
        "counts_wrong": counts_wrong(measured["counts"], exact),
    }


def _comparable(exact: Said) -> list[tuple[str, str, float]]:
    return [(s, m, true[m]) for s, true in exact.items() for m in COMPARED if m in true]


def largest(values: Iterable[float]) -> float:
    """Return the largest of several differences, to three digits; 0 of none."""
    return float(f"{max(values, default=0.0):.3g}")


def counts_wrong(measured: Said, exact: Said) -> list[str]:
    """Return the columns of which `measured`, by side and column, has other counts."""
    return [
        name
        for name, true in exact.items()
        if any(measured[side].get(name) != counts for side, counts in true["counts"].items())
    ]

"""What metrics look up in profiles; what is not there makes the number unmeasurable."""

from collections.abc import Callable

from audit_pipeline.metrics.base import Reading, UnmeasurableError
from audit_pipeline.profiles.profile import Column, NumericColumn, Profile


def before(compute: Callable[[Profile], Reading], baseline: Profile | None) -> Reading | None:
    """Return the baseline's own reading, None where it has none."""
    if baseline is None:
        return None
    try:
        return compute(baseline)
    except UnmeasurableError:
        return None  # a limit against the baseline then becomes a gap


def column(subject: str, profile: Profile) -> Column:
    """Return a column of a profile.

    Raises:
        UnmeasurableError: It is missing, or cannot be read.
    """
    if subject not in profile.columns:
        why = profile.unreadable.get(subject, f"the column {subject} is missing")
        raise UnmeasurableError(why)
    return profile.columns[subject]


def pair(subject: str, baseline: Profile | None, current: Profile) -> tuple[Column, Column]:
    """Return a column of the baseline and of the window.

    Raises:
        UnmeasurableError: One of them is missing.
    """
    earlier = compared(baseline)
    if subject not in earlier.columns:
        raise UnmeasurableError(f"the column {subject} is missing from the baseline")
    return earlier.columns[subject], column(subject, current)


def compared(baseline: Profile | None) -> Profile:
    """Return the baseline.

    Raises:
        UnmeasurableError: There is none.
    """
    if baseline is None:
        raise UnmeasurableError("there is no baseline to compare with")
    return baseline


def numeric(found: Column) -> NumericColumn:
    """Return a column that holds numbers.

    Raises:
        UnmeasurableError: It does not.
    """
    if not isinstance(found, NumericColumn):
        raise UnmeasurableError(f"{found.name} is not a numeric column")
    return found

"""What a metric may be asked about: each column, each protected attribute, or the whole window."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from audit_pipeline.metrics.base import Need, Reading, Readings, Shape, UnmeasurableError
from audit_pipeline.profiles.counts import JointCounts
from audit_pipeline.profiles.profile import CategoricalColumn, Column, NumericColumn, Profile

Groups = Mapping[str, JointCounts]

WINDOW = "all rows"
"""The subject of a metric that speaks of the whole window."""


@dataclass(frozen=True, slots=True)
class CompareNumeric:
    """Compare each numeric column with its baseline."""

    compute: Callable[[NumericColumn, NumericColumn], Reading]

    def subjects(self, shape: Shape) -> Sequence[str]:
        """Return the numeric columns."""
        return shape.numeric

    def read(self, subject: str, baseline: Profile | None, current: Profile) -> Readings:
        """Return the comparison of one column with its baseline."""
        pair = _pair(subject, baseline, current)
        first, second = (_numeric(column) for column in pair)
        return self.compute(first, second), None


@dataclass(frozen=True, slots=True)
class CompareCategorical:
    """Compare each categorical column with its baseline."""

    compute: Callable[[CategoricalColumn, CategoricalColumn], Reading]

    def subjects(self, shape: Shape) -> Sequence[str]:
        """Return the categorical columns."""
        return shape.categorical

    def read(self, subject: str, baseline: Profile | None, current: Profile) -> Readings:
        """Return the comparison of one column with its baseline."""
        first, second = _pair(subject, baseline, current)
        if not isinstance(first, CategoricalColumn) or not isinstance(second, CategoricalColumn):
            raise UnmeasurableError(f"{subject} is not a categorical column")
        return self.compute(first, second), None


@dataclass(frozen=True, slots=True)
class CompareColumns:
    """Compare each column, of either kind, with its baseline."""

    compute: Callable[[Column, Column], Reading]

    def subjects(self, shape: Shape) -> Sequence[str]:
        """Return all columns."""
        return (*shape.numeric, *shape.categorical)

    def read(self, subject: str, baseline: Profile | None, current: Profile) -> Readings:
        """Return the comparison of one column with its baseline."""
        return self.compute(*_pair(subject, baseline, current)), None


@dataclass(frozen=True, slots=True)
class EachColumn:
    """Read each column of the window by itself; the baseline's reading stands beside it."""

    compute: Callable[[Column], Reading]

    def subjects(self, shape: Shape) -> Sequence[str]:
        """Return all columns."""
        return (*shape.numeric, *shape.categorical)

    def read(self, subject: str, baseline: Profile | None, current: Profile) -> Readings:
        """Return the reading of one column."""

        def compute(profile: Profile) -> Reading:
            return self.compute(_column(subject, profile))

        return compute(current), _before(compute, baseline)


@dataclass(frozen=True, slots=True)
class CompareRelations:
    """Compare what each numeric column has to do with the others, with the baseline.

    `compute` takes the column's name and both profiles.
    """

    compute: Callable[[str, Profile, Profile], Reading]

    def subjects(self, shape: Shape) -> Sequence[str]:
        """Return the numeric columns, where there are at least two."""
        return shape.numeric if len(shape.numeric) > 1 else ()

    def read(self, subject: str, baseline: Profile | None, current: Profile) -> Readings:
        """Return the comparison of one column's relations with their baseline."""
        _pair(subject, baseline, current)
        return self.compute(subject, _compared(baseline), current), None


@dataclass(frozen=True, slots=True)
class Latency:
    """Read the column that says how long each prediction took, where the audit names one."""

    compute: Callable[[NumericColumn], Reading]

    def subjects(self, shape: Shape) -> Sequence[str]:
        """Return the column of latencies, if there is one."""
        return (shape.latency,) if shape.latency is not None else ()

    def read(self, subject: str, baseline: Profile | None, current: Profile) -> Readings:
        """Return the reading of the latencies of the window."""

        def compute(profile: Profile) -> Reading:
            return self.compute(_numeric(_column(subject, profile)))

        return compute(current), _before(compute, baseline)


@dataclass(frozen=True, slots=True)
class WholeWindow:
    """Read the window as a whole, where the audit has what `needs` names."""

    compute: Callable[[Profile], Reading]
    needs: frozenset[Need] = frozenset()

    def subjects(self, shape: Shape) -> Sequence[str]:
        """Return the one subject, or none where the audit lacks what the metric needs."""
        return (WINDOW,) if self.needs <= shape.has else ()

    def read(self, subject: str, baseline: Profile | None, current: Profile) -> Readings:  # noqa: ARG002 (the protocol's: there is only one)
        """Return the reading of the window."""
        return self.compute(current), _before(self.compute, baseline)


@dataclass(frozen=True, slots=True)
class EachGroup:
    """Compare the groups of each protected attribute, and of each pair of them.

    `compute` takes groups and positive class.
    """

    compute: Callable[[Groups, str], Reading]
    needs: frozenset[Need] = frozenset({"binary", "predictions"})

    def subjects(self, shape: Shape) -> Sequence[str]:
        """Return the attributes and pairs, or none where the audit lacks what is needed."""
        return shape.groups if self.needs <= shape.has else ()

    def read(self, subject: str, baseline: Profile | None, current: Profile) -> Readings:
        """Return the comparison of the groups of one attribute."""

        def compute(profile: Profile) -> Reading:
            if subject not in profile.groups or profile.positive is None:
                why = profile.unreadable.get(subject)
                raise UnmeasurableError(why or f"no counts by {subject} exist in this window")
            return self.compute(profile.groups[subject], profile.positive)

        return compute(current), _before(compute, baseline)


def _before(compute: Callable[[Profile], Reading], baseline: Profile | None) -> Reading | None:
    if baseline is None:
        return None
    try:
        return compute(baseline)
    except UnmeasurableError:
        return None  # a limit against the baseline then becomes a gap


def _column(subject: str, profile: Profile) -> Column:
    if subject not in profile.columns:
        why = profile.unreadable.get(subject, f"the column {subject} is missing")
        raise UnmeasurableError(why)
    return profile.columns[subject]


def _pair(subject: str, baseline: Profile | None, current: Profile) -> tuple[Column, Column]:
    before = _compared(baseline)
    if subject not in before.columns:
        raise UnmeasurableError(f"the column {subject} is missing from the baseline")
    return before.columns[subject], _column(subject, current)


def _compared(baseline: Profile | None) -> Profile:
    if baseline is None:
        raise UnmeasurableError("there is no baseline to compare with")
    return baseline


def _numeric(column: Column) -> NumericColumn:
    if not isinstance(column, NumericColumn):
        raise UnmeasurableError(f"{column.name} is not a numeric column")
    return column

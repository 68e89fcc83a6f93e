"""What a metric may be asked about: each column, each protected attribute, or the whole window."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from audit_pipeline.metrics.base import Need, Reading, Shape, UnmeasurableError
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

    def read(
        self, subject: str, baseline: Profile | None, current: Profile
    ) -> tuple[Reading, float | None]:
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

    def read(
        self, subject: str, baseline: Profile | None, current: Profile
    ) -> tuple[Reading, float | None]:
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

    def read(
        self, subject: str, baseline: Profile | None, current: Profile
    ) -> tuple[Reading, float | None]:
        """Return the comparison of one column with its baseline."""
        return self.compute(*_pair(subject, baseline, current)), None


@dataclass(frozen=True, slots=True)
class EachColumn:
    """Read each column of the window by itself; the baseline's value stands beside it."""

    compute: Callable[[Column], Reading]

    def subjects(self, shape: Shape) -> Sequence[str]:
        """Return all columns."""
        return (*shape.numeric, *shape.categorical)

    def read(
        self, subject: str, baseline: Profile | None, current: Profile
    ) -> tuple[Reading, float | None]:
        """Return the reading of one column."""

        def compute(profile: Profile) -> Reading:
            return self.compute(_column(subject, profile))

        return compute(current), _value(compute, baseline)


@dataclass(frozen=True, slots=True)
class WholeWindow:
    """Read the window as a whole, where the audit has what `needs` names."""

    compute: Callable[[Profile], Reading]
    needs: frozenset[Need] = frozenset()

    def subjects(self, shape: Shape) -> Sequence[str]:
        """Return the one subject, or none where the audit lacks what the metric needs."""
        return (WINDOW,) if self.needs <= shape.has else ()

    def read(
        self,
        subject: str,  # noqa: ARG002 (the protocol's: there is only one)
        baseline: Profile | None,
        current: Profile,
    ) -> tuple[Reading, float | None]:
        """Return the reading of the window."""
        return self.compute(current), _value(self.compute, baseline)


@dataclass(frozen=True, slots=True)
class EachGroup:
    """Compare the groups of each protected attribute. `compute` takes groups and positive class."""

    compute: Callable[[Groups, str], Reading]
    needs: frozenset[Need] = frozenset({"binary", "predictions"})

    def subjects(self, shape: Shape) -> Sequence[str]:
        """Return the protected attributes, or none where the audit lacks what is needed."""
        return shape.groups if self.needs <= shape.has else ()

    def read(
        self, subject: str, baseline: Profile | None, current: Profile
    ) -> tuple[Reading, float | None]:
        """Return the comparison of the groups of one attribute."""

        def compute(profile: Profile) -> Reading:
            if subject not in profile.groups or profile.positive is None:
                raise UnmeasurableError(f"no counts by {subject} exist in this window")
            return self.compute(profile.groups[subject], profile.positive)

        return compute(current), _value(compute, baseline)


def _value(compute: Callable[[Profile], Reading], baseline: Profile | None) -> float | None:
    if baseline is None:
        return None
    try:
        return compute(baseline).value
    except UnmeasurableError:
        return None  # a limit against the baseline then becomes a gap


def _column(subject: str, profile: Profile) -> Column:
    if subject not in profile.columns:
        why = profile.unreadable.get(subject, f"the column {subject} is missing")
        raise UnmeasurableError(why)
    return profile.columns[subject]


def _pair(subject: str, baseline: Profile | None, current: Profile) -> tuple[Column, Column]:
    if baseline is None:
        raise UnmeasurableError("there is no baseline to compare with")
    if subject not in baseline.columns:
        raise UnmeasurableError(f"the column {subject} is missing from the baseline")
    return baseline.columns[subject], _column(subject, current)


def _numeric(column: Column) -> NumericColumn:
    if not isinstance(column, NumericColumn):
        raise UnmeasurableError(f"{column.name} is not a numeric column")
    return column

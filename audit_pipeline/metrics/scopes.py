"""What a metric may be asked about: each column, each protected attribute, or the whole window."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from audit_pipeline.domain.intersection import BY
from audit_pipeline.metrics.base import Need, Reading, Readings, Shape, UnmeasurableError
from audit_pipeline.metrics.lookups.base import before, column, compared, numeric, pair
from audit_pipeline.profiles.counts import MOST_COLUMNS, JointCounts
from audit_pipeline.profiles.profile import CategoricalColumn, Column, NumericColumn, Profile

Groups = Mapping[str, JointCounts]

WINDOW = "all rows"
"""The subject of a metric that speaks of the whole window."""


class OneColumn:
    """What scopes have in common whose subject is a column."""

    __slots__ = ()

    def columns(self, subject: str, shape: Shape) -> Sequence[str]:  # noqa: ARG002 (the protocol's)
        """Return the column itself."""
        return (subject,)


@dataclass(frozen=True, slots=True)
class CompareNumeric(OneColumn):
    """Compare each numeric column with its baseline."""

    compute: Callable[[NumericColumn, NumericColumn], Reading]

    def subjects(self, shape: Shape) -> Sequence[str]:
        """Return the numeric columns."""
        return shape.numeric

    def read(self, subject: str, baseline: Profile | None, current: Profile) -> Readings:
        """Return the comparison of one column with its baseline."""
        first, second = (numeric(each) for each in pair(subject, baseline, current))
        return self.compute(first, second), None


@dataclass(frozen=True, slots=True)
class CompareCategorical(OneColumn):
    """Compare each categorical column with its baseline."""

    compute: Callable[[CategoricalColumn, CategoricalColumn], Reading]

    def subjects(self, shape: Shape) -> Sequence[str]:
        """Return the categorical columns."""
        return shape.categorical

    def read(self, subject: str, baseline: Profile | None, current: Profile) -> Readings:
        """Return the comparison of one column with its baseline."""
        first, second = pair(subject, baseline, current)
        if not isinstance(first, CategoricalColumn) or not isinstance(second, CategoricalColumn):
            raise UnmeasurableError(f"{subject} is not a categorical column")
        return self.compute(first, second), None


@dataclass(frozen=True, slots=True)
class CompareColumns(OneColumn):
    """Compare each column, of either kind, with its baseline."""

    compute: Callable[[Column, Column], Reading]

    def subjects(self, shape: Shape) -> Sequence[str]:
        """Return all columns."""
        return (*shape.numeric, *shape.categorical)

    def read(self, subject: str, baseline: Profile | None, current: Profile) -> Readings:
        """Return the comparison of one column with its baseline."""
        return self.compute(*pair(subject, baseline, current)), None


@dataclass(frozen=True, slots=True)
class EachColumn(OneColumn):
    """Read each column of the window by itself; the baseline's reading stands beside it."""

    compute: Callable[[Column], Reading]

    def subjects(self, shape: Shape) -> Sequence[str]:
        """Return all columns."""
        return (*shape.numeric, *shape.categorical)

    def read(self, subject: str, baseline: Profile | None, current: Profile) -> Readings:
        """Return the reading of one column."""

        def compute(profile: Profile) -> Reading:
            return self.compute(column(subject, profile))

        return compute(current), before(compute, baseline)


@dataclass(frozen=True, slots=True)
class CompareRelations:
    """Compare what each numeric column has to do with the others, with the baseline.

    `compute` takes the column's name and both profiles.
    """

    compute: Callable[[str, Profile, Profile], Reading]

    def subjects(self, shape: Shape) -> Sequence[str]:
        """Return the numeric columns, where there are at least two."""
        return shape.numeric if len(shape.numeric) > 1 else ()

    def columns(self, subject: str, shape: Shape) -> Sequence[str]:
        """Return the column, and those that it may be compared with, where they are few."""
        others = shape.numeric if len(shape.numeric) <= MOST_COLUMNS else ()
        return tuple(dict.fromkeys((subject, *others)))

    def read(self, subject: str, baseline: Profile | None, current: Profile) -> Readings:
        """Return the comparison of one column's relations with their baseline."""
        pair(subject, baseline, current)
        return self.compute(subject, compared(baseline), current), None


@dataclass(frozen=True, slots=True)
class Latency(OneColumn):
    """Read the column that says how long each prediction took, where the audit names one."""

    compute: Callable[[NumericColumn], Reading]

    def subjects(self, shape: Shape) -> Sequence[str]:
        """Return the column of latencies, if there is one."""
        return (shape.latency,) if shape.latency is not None else ()

    def read(self, subject: str, baseline: Profile | None, current: Profile) -> Readings:
        """Return the reading of the latencies of the window."""

        def compute(profile: Profile) -> Reading:
            return self.compute(numeric(column(subject, profile)))

        return compute(current), before(compute, baseline)


@dataclass(frozen=True, slots=True)
class WholeWindow:
    """Read the window as a whole, where the audit has what `needs` names."""

    compute: Callable[[Profile], Reading]
    needs: frozenset[Need] = frozenset()

    def subjects(self, shape: Shape) -> Sequence[str]:
        """Return the one subject, or none where the audit lacks what the metric needs."""
        return (WINDOW,) if self.needs <= shape.has else ()

    def columns(self, subject: str, shape: Shape) -> Sequence[str]:  # noqa: ARG002 (as above)
        """Return the columns behind what the metric needs."""
        return _needed(self.needs, shape)

    def read(self, subject: str, baseline: Profile | None, current: Profile) -> Readings:  # noqa: ARG002 (the protocol's: there is only one)
        """Return the reading of the window."""
        return self.compute(current), before(self.compute, baseline)


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

    def columns(self, subject: str, shape: Shape) -> Sequence[str]:
        """Return the attribute or the two of a pair, and the columns behind what is needed."""
        return (*subject.split(BY), *_needed(self.needs, shape))

    def read(self, subject: str, baseline: Profile | None, current: Profile) -> Readings:
        """Return the comparison of the groups of one attribute."""

        def compute(profile: Profile) -> Reading:
            if subject not in profile.groups or profile.positive is None:
                why = profile.unreadable.get(subject)
                raise UnmeasurableError(why or f"no counts by {subject} exist in this window")
            return self.compute(profile.groups[subject], profile.positive)

        return compute(current), before(compute, baseline)


def _needed(needs: frozenset[Need], shape: Shape) -> tuple[str, ...]:
    return tuple(shape.columns[need] for need in sorted(needs) if need in shape.columns)


COMPARING = (CompareNumeric, CompareCategorical, CompareColumns, CompareRelations)
"""Scopes whose number does not exist without a baseline."""

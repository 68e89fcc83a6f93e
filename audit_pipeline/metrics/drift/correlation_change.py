"""Whether a column still goes with the others as it did in the baseline."""

from collections.abc import Mapping, Sequence

from audit_pipeline.domain.limit import Limit
from audit_pipeline.domain.measurement import Interval
from audit_pipeline.metrics.base import Metric, Reading, TooLittleDataError, UnmeasurableError
from audit_pipeline.metrics.correlations.base import (
    Change,
    Correlation,
    change_interval,
    correlation,
)
from audit_pipeline.metrics.drift.base import MINIMUM_ROWS
from audit_pipeline.metrics.proportions.base import Z, simultaneous
from audit_pipeline.metrics.scopes import CompareRelations
from audit_pipeline.profiles.counts import Products
from audit_pipeline.profiles.profile import Column, NumericColumn, Profile


def correlation_change(name: str, baseline: Profile, current: Profile) -> Reading:
    """Return the largest change of a column's correlation with another numeric one, 0 to 2.

    Detail names that partner, and holds both correlations. Rows that lack a number in one of the
    two are left out. The interval is that of Fisher and Zou; as the partner is chosen for its
    change being the largest, its lower end holds for all partners at once (Bonferroni).

    Source: Pearson (1895); same definition as `pandas.DataFrame.corr`. High risk: above 0.2 between
    columns the model leans on: each may look as before while what they say together does not.
    Limitation: sees straight-line relations only, and a few far values can make one; row weights
    are not taken into account.

    Raises:
        UnmeasurableError: The column holds no number in the window, or no longer varies though it
            had correlations.
        TooLittleDataError: Too few rows, the column never varied in the baseline, or it is the
            others that are missing: that is told of them. Constant in both, it has not changed.
    """
    old, new = _counted(name, baseline, "the baseline"), _counted(name, current, "this window")
    partners = [n for n in old.names if n in new.names and n != name]
    pairs = {n: (correlation(old, name, n), correlation(new, name, n)) for n in partners}
    if _constant(current.columns[name]) and all(was.value is None for was, _ in pairs.values()):
        return _unchanged(current.columns[name])
    changes = _changes(current.columns[name], pairs)
    found = max(changes, key=lambda change: change.size)
    z = simultaneous(len(changes))
    return _reading(
        current.columns[name].rows,
        found,
        Interval(
            low=min(found.size, max(change_interval(c, z).low for c in changes)),
            high=change_interval(found, Z).high,
        ),
        lost=[n for n, (a, b) in pairs.items() if a.value is not None and b.value is None],
    )


def _counted(name: str, profile: Profile, where: str) -> Products:
    products = profile.products
    if products is not None and name not in products.names and name in profile.columns:
        raise TooLittleDataError(
            f"{name} is not among the {len(products.names)} columns whose correlations are counted"
        )
    if products is None or name not in products.names:
        raise UnmeasurableError(f"{name} was not counted together with other columns in {where}")
    return products


def _changes(column: Column, pairs: Mapping[str, tuple[Correlation, Correlation]]) -> list[Change]:
    """Return the changes that can be told; raise where there are none."""
    name = column.name
    had = {n: a for n, (a, _) in pairs.items() if a.value is not None}
    if not any(now.rows for _, now in pairs.values()):
        raise TooLittleDataError(
            f"no other numeric column has a number in this window where {name} has one; their own"
            " checks say why"
        )
    if not had:
        raise TooLittleDataError(
            f"{name} never varied in the baseline beside another column that did, so there was no"
            " correlation that could change"
        )
    both = {n: pairs[n] for n in had if pairs[n][1].value is not None}
    if not both:
        strongest = max(had, key=lambda n: abs(had[n].value or 0.0))
        told = f"its correlations are gone; with {strongest} it was {had[strongest].value:.3f}"
        if not _constant(column):
            raise TooLittleDataError(f"no column varies beside {name} in this window, so {told}")
        raise UnmeasurableError(f"{name} does not vary in this window, so {told} in the baseline")
    enough = {n: p for n, p in both.items() if min(p[0].rows, p[1].rows) >= MINIMUM_ROWS}
    if not enough:
        most = max(min(a.rows, b.rows) for a, b in both.values())
        raise TooLittleDataError(
            f"{name} and another column have {most} rows in common; {MINIMUM_ROWS} are needed"
        )
    return [
        Change(partner=n, before=a, now=b, size=abs((b.value or 0.0) - (a.value or 0.0)))
        for n, (a, b) in enough.items()
    ]


def _constant(column: Column) -> bool:
    """Return whether a column never varies; raise where it holds no number at all."""
    if not isinstance(column, NumericColumn) or not column.histogram.rows:
        raise UnmeasurableError(f"no row of this window has a number in {column.name}")
    return bool(column.histogram.lows[0] == column.histogram.highs[-1])


def _unchanged(column: Column) -> Reading:
    """Return the reading of a column that goes with no other, before as now: nothing changed."""
    used = column.rows - sum(column.missing.values())
    return Reading(
        value=0.0,
        rows=column.rows,
        used=used,
        left_out=column.missing,
        interval=Interval(low=0.0, high=0.0),
        detail={"partner": None, "before": None, "now": None, "no_longer_correlated": []},
    )


def _reading(rows: int, found: Change, interval: Interval, lost: Sequence[str]) -> Reading:
    missing = rows - found.now.rows
    return Reading(
        value=found.size,
        rows=rows,
        used=found.now.rows,
        left_out={"without a number in both columns": missing} if missing else {},
        interval=interval,
        error_bound=found.error_bound,
        detail={
            "partner": found.partner,
            "before": found.before.value,
            "now": found.now.value,
            "baseline_used": found.before.rows,
            "no_longer_correlated": list(lost),
        },
    )


METRIC = Metric(
    title="Change of correlation",
    asset="drift",
    measure=CompareRelations(correlation_change),
    limit=Limit(warn=0.2, fail=0.4),
)

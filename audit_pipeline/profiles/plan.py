"""How each column is counted: decided once, on the baseline, and kept for every later window."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.columns import Kind
from audit_pipeline.profiles.histogram import Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnPlan:
    """The kind of each counted column, and the grid of each numeric one.

    `kept` are the categories to keep by name of the columns that have a tail in the baseline.
    """

    kinds: Mapping[str, Kind]
    grids: Mapping[str, Grid]
    kept: Mapping[str, Collection[str]] = field(default_factory=dict[str, Collection[str]])
    residuals: Grid | None = None
    """Of a regression whose baseline has labels: the grid of label minus prediction."""


def counted_columns(audit: Audit) -> dict[str, Kind | None]:
    """Return every column whose distribution is audited, with the kind it is known to have.

    A protected attribute is counted too, by its categories unless it is declared as a feature; so
    is how long a prediction took.
    """
    columns = audit.columns
    counted: dict[str, Kind | None] = {n: f.kind for n, f in columns.features.items()}
    for name in columns.groups:
        counted.setdefault(name, "categorical")
    regression = audit.task == "regression"
    outcome: Kind = "numeric" if regression else "categorical"
    prediction = columns.prediction
    if prediction is not None:
        counted[prediction.label] = outcome
        if prediction.score is not None and audit.task == "binary":
            counted[prediction.score] = "numeric"
    if columns.target is not None:
        counted[columns.target.column] = outcome
    if columns.latency is not None:
        counted[columns.latency] = "numeric"
    return counted

"""What one check rests on: a metric, a rule, the explanation."""

import re
from collections.abc import Iterable, Iterator, Mapping

from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.check import Check
from audit_pipeline.domain.limit import Against, Limit
from audit_pipeline.domain.lineage import WHOLE, Edge, Field, Transformation
from audit_pipeline.domain.rule import Rule
from audit_pipeline.metrics.base import Shape
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.metrics.scopes import COMPARING
from audit_pipeline.stages.landing import declared_columns
from audit_pipeline.stages.lineage.names import field_of, made_by, model_of
from audit_pipeline.stages.planning import limit_of

CONDITION, QUERY = "row_condition", "unexpected_rows_query"
NARROWED = Transformation(type="INDIRECT", subtype="FILTER", description="row condition")


def measured(audit: Audit, shape: Shape, check: Check, limit: Limit | None) -> Iterator[Edge]:
    """Yield the columns that a metric counts, and those of the baseline where it compares.

    `limit` is what it was held to; None where it was a gap: then what the audit file says counts.
    """
    metric = METRICS[check.name]
    how = Transformation(subtype="AGGREGATION", description=metric.title, masking=True)
    limit = limit or limit_of(audit, check.name, metric, check.subject)
    compares = isinstance(metric.measure, COMPARING) or limit.against is not Against.VALUE
    at, names = field_of(audit.name, check), metric.measure.columns(check.subject, shape)
    for asset in ("profile", "baseline") if compares else ("profile",):
        place = made_by(audit.name, asset)
        yield from (Edge(Field(place, name), at, how) for name in names or (WHOLE,))


def explained(audit: Audit, check: Check) -> Iterator[Edge]:
    """Yield the features and the model that an explanation is made of."""
    how = Transformation(subtype="AGGREGATION", description="SHAP on a sample", masking=True)
    at, rows = field_of(audit.name, check), made_by(audit.name, "snapshot")
    yield from (Edge(Field(rows, name), at, how) for name in audit.columns.features)
    model = model_of(audit)
    if model is not None:
        yield Edge(Field(model, WHOLE), at, how)


def ruled(audit: Audit, rule: Rule, check: Check) -> Iterator[Edge]:
    """Yield the columns that a rule asks about; all rows as such, where it names none.

    Conditions and queries are texts of the user's: a declared column counts as mentioned where its
    name stands there as a word. That may be one too many, never one too few.
    """
    how = Transformation(subtype="AGGREGATION", description=rule.expect, masking=True)
    at, rows = field_of(audit.name, check), made_by(audit.name, "snapshot")
    known = declared_columns(audit)
    named = dict.fromkeys((*rule.columns, *_mentioned(known, rule.kwargs.get(QUERY))))
    yield from (Edge(Field(rows, name), at, how) for name in named or (WHOLE,))
    narrowing = _mentioned(known, rule.kwargs.get(CONDITION))
    yield from (Edge(Field(rows, name), at, NARROWED) for name in narrowing)


def _mentioned(known: Iterable[str], said: object) -> list[str]:
    text = "\n".join(_texts(said))
    words = {name: rf"(?<!\w){re.escape(name)}(?!\w)" for name in known if text}
    return [name for name, word in words.items() if re.search(word, text, re.IGNORECASE)]


def _texts(said: object) -> Iterator[str]:
    """Yield every text in what a user wrote: a condition may be a text, or a mapping of them."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, Mapping):
        yield from (text for each in said.values() for text in _texts(each))
    elif isinstance(said, list | tuple):
        yield from (text for each in said for text in _texts(each))

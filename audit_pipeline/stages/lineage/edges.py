"""What each stage of an audit makes from what, field by field."""

from collections.abc import Iterable, Iterator, Mapping

from audit_pipeline.audits.audit import Audit, Tables
from audit_pipeline.domain.check import Check
from audit_pipeline.domain.limit import Limit
from audit_pipeline.domain.lineage import WHOLE, Dataset, Edge, Field, Transformation
from audit_pipeline.domain.record import SnapshotRecord
from audit_pipeline.metrics.base import Shape
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.profiles.plan import counted_columns
from audit_pipeline.sources.base import Origin, SourceError
from audit_pipeline.sources.catalog import SOURCES
from audit_pipeline.stages.landing import declared_columns, roles
from audit_pipeline.stages.lineage.checks import explained, measured, ruled
from audit_pipeline.stages.lineage.names import field_of, made_by, model_of, verdict_of
from audit_pipeline.stages.planning import ADDITIVITY

COUNTED = Transformation(subtype="AGGREGATION", description="counted", masking=True)
WEIGHED = Transformation(type="INDIRECT", subtype="CONDITIONAL", description="row weights")
JUDGED = Transformation(subtype="AGGREGATION", description="the worst counts", masking=True)


def origins_of(audit: Audit, tables: Tables) -> dict[str, Origin]:
    """Return where each table of a data set comes from, by its role.

    A place that cannot be named, for its address is not in this environment, goes by the audit's
    own name for it.
    """
    found = {}
    for role, table in roles(tables).items():
        try:
            found[role] = SOURCES[table.kind].origin(table.settings)
        except SourceError:
            found[role] = Origin(datasets=(made_by(audit.name, f"source.{role}"),))
    return found


def rows_taken(
    audit: Audit, tables: Tables, made: Dataset, record: SnapshotRecord | None
) -> Iterator[Edge]:
    """Yield what the columns of a snapshot or a baseline come from: source columns, and the model.

    Without a record, the audit file says it: logged columns are then taken to be where they are
    declared to be. With one, a table that could not be read is left out.
    """
    origins = origins_of(audit, tables)
    columns = columns_by_role(audit, tables, record)
    for role, origin in origins.items():
        names = columns.get(role, ())
        for name in names:
            yield from (Edge(of, Field(made, name), how) for of, how in origin.of(name))
        if role == "table":
            yield from _rows(audit, origin, made, names)
        else:
            yield from _joined(audit, role, (origins["table"], origin), (made, names))
    if predicts(audit, record, tables):
        yield from _scored(audit, made, columns.get("table", ()), origins["table"])
    elif record is not None:
        yield from _cut_at_threshold(audit, made, record, origins)


def columns_by_role(
    audit: Audit, tables: Tables, record: SnapshotRecord | None
) -> Mapping[str, Iterable[str]]:
    """Return which declared columns come from the table of each role, the id from the main one."""
    told = {s.role: s.columns for s in record.sources} if record is not None else {}
    if any(told.values()):
        own = {role: [n for n in names if n != audit.columns.id] for role, names in told.items()}
        return own | {"table": list(told.get("table", ()))}
    elsewhere: dict[str, list[str]] = {}
    columns = audit.columns
    if tables.predictions is not None and columns.prediction is not None:
        said = (columns.prediction.label, columns.prediction.score)
        elsewhere["predictions"] = [name for name in said if name]
    if tables.labels is not None and columns.target is not None:
        elsewhere["labels"] = [columns.target.column]
    taken = {name for names in elsewhere.values() for name in names}
    if predicts(audit, record, tables):
        taken |= set(predicted(audit))
    return elsewhere | {"table": [n for n in declared_columns(audit) if n not in taken]}


def predicts(audit: Audit, record: SnapshotRecord | None, tables: Tables | None = None) -> bool:
    """Return whether the model made the predictions; without a record, whether it is likely."""
    if record is not None:
        return record.predictions == "model"
    return audit.model is not None and (tables or audit.current).predictions is None


def predicted(audit: Audit) -> tuple[str, ...]:
    """Return the columns that hold what the model said."""
    prediction = audit.columns.prediction
    named = (prediction.label, prediction.score) if prediction is not None else ()
    return tuple(name for name in named if name)


def _rows(audit: Audit, origin: Origin, made: Dataset, names: Iterable[str]) -> Iterator[Edge]:
    """Yield which fields decide what rows there are, and what each counts.

    A window is cut by time, and the profile weighs its rows; of a baseline the rows and their
    profile are one dataset, and all of its times count.
    """
    when, weight = audit.columns.timestamp.column, audit.columns.weight
    deciding: list[tuple[Field, Transformation]] = []
    if made == made_by(audit.name, "snapshot"):
        cut = Transformation(type="INDIRECT", subtype="FILTER", description="rows of the window")
        deciding += [(of, cut) for of, _ in origin.of(when)]
    elif weight is not None and weight in names:
        deciding += [(of, WEIGHED) for of, _ in origin.of(weight)]
    deciding += [(Field(at, WHOLE), Transformation()) for at in origin.datasets]
    yield from (Edge(of, Field(made, WHOLE), how) for of, how in (*deciding, *origin.rows))


def _joined(
    audit: Audit,
    role: str,
    origins: tuple[Origin, Origin],
    made: tuple[Dataset, Iterable[str]],
) -> Iterator[Edge]:
    """Yield that the ids of both tables decide which value a row has of a table that is joined.

    They decide nothing else: every row of the main table is kept, once.
    """
    how = Transformation(type="INDIRECT", subtype="JOIN", description=f"{role} joined by id")
    keys = dict.fromkeys(of for origin in origins for of, _ in origin.of(audit.columns.id))
    dataset, names = made
    for name in names:
        yield from (Edge(of, Field(dataset, name), how) for of in keys)
        yield from (Edge(of, Field(dataset, name), how) for of, how in origins[1].rows)


def _scored(audit: Audit, made: Dataset, present: Iterable[str], origin: Origin) -> Iterator[Edge]:
    model = model_of(audit)
    if model is None:
        return
    how = Transformation(subtype="TRANSFORMATION", description="scored by the model")
    features = [name for name in present if name in audit.columns.features]
    for name in predicted(audit):
        yield Edge(Field(model, WHOLE), Field(made, name), how)
        for feature in features:
            yield from (Edge(of, Field(made, name), how) for of, _ in origin.of(feature))


def _cut_at_threshold(
    audit: Audit, made: Dataset, record: SnapshotRecord, origins: Mapping[str, Origin]
) -> Iterator[Edge]:
    """Yield that the predicted class was made from the logged score, where none is logged."""
    prediction = audit.columns.prediction
    if prediction is None or prediction.score is None or prediction.label not in record.columns:
        return
    logged = {name: source.role for source in record.sources for name in source.columns}
    if prediction.score in logged and prediction.label not in logged:
        how = Transformation(subtype="TRANSFORMATION", description="score at a threshold")
        origin = origins[logged[prediction.score]]
        at = Field(made, prediction.label)
        yield from (Edge(of, at, how) for of, _ in origin.of(prediction.score))


def columns_counted(audit: Audit, columns: Iterable[str]) -> Iterator[Edge]:
    """Yield what the columns of the profile are counted from, of those that are there."""
    rows, profile = made_by(audit.name, "snapshot"), made_by(audit.name, "profile")
    present = set(columns)
    yield Edge(Field(rows, WHOLE), Field(profile, WHOLE), COUNTED)
    for name in dict.fromkeys((audit.columns.id, *counted_columns(audit))):
        if name in present:
            yield Edge(Field(rows, name), Field(profile, name), COUNTED)
    weight = audit.columns.weight
    if weight in present:
        yield Edge(Field(rows, str(weight)), Field(profile, WHOLE), WEIGHED)


def checked(audit: Audit, shape: Shape, checks: Mapping[Check, Limit | None]) -> Iterator[Edge]:
    """Yield what each check rests on: columns of the profile, of the baseline, of the rows."""
    rules = {rule.name: rule for rule in audit.named_rules}
    for check, limit in checks.items():
        if check == ADDITIVITY:
            yield from explained(audit, check)
        elif check.name in METRICS:
            yield from measured(audit, shape, check, limit)
        elif check.name in rules:
            yield from ruled(audit, rules[check.name], check)


def judged(audit: Audit, checks: Iterable[Check]) -> Iterator[Edge]:
    """Yield that the verdict rests on every check."""
    end = verdict_of(audit.name)
    yield from (Edge(field_of(audit.name, check), end, JUDGED) for check in checks)

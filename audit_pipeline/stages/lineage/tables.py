"""What each stage of an audit reads and makes, as far as it is known when the stage ends."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from audit_pipeline.audits.audit import Audit, Tables
from audit_pipeline.domain.lineage import WHOLE, Dataset, Edge
from audit_pipeline.domain.masking import few
from audit_pipeline.domain.record import SnapshotRecord
from audit_pipeline.lineage.told import ColumnCounts, Table
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.profiles.profile import CategoricalColumn, Profile
from audit_pipeline.sources.base import Origin
from audit_pipeline.stages.landing import roles
from audit_pipeline.stages.lineage.edges import (
    checked,
    columns_counted,
    judged,
    origins_of,
    predicts,
    rows_taken,
)
from audit_pipeline.stages.lineage.known import (
    Known,
    ReadAndMade,
    made_table,
    model_table,
    rows_table,
)
from audit_pipeline.stages.lineage.names import VERDICT, field_of
from audit_pipeline.stages.planning import shape_of

EXPLAINED = "explanations"
CHECKED = ("rule_results", "drift", "performance", "fairness", EXPLAINED)


def tables_of(asset: str, known: Known) -> ReadAndMade:
    """Return what a stage asset reads and makes."""
    return STAGES[asset](known)


def _taken(asset: str, tables: Callable[[Audit], Tables]) -> Callable[[Known], ReadAndMade]:
    """Return how rows are taken from their sources: those of the window, or the baseline's."""

    def read_and_made(known: Known) -> ReadAndMade:
        audit = known.audit
        record = known.snapshot if asset == "snapshot" else known.baseline
        made = rows_table(asset, audit, record)
        taken = rows_taken(audit, tables(audit), made.dataset, record) if record else ()
        model = model_table(audit) if predicts(audit, record) else ()
        return ReadAndMade(
            inputs=(*_sources(audit, tables(audit), record), *model),
            outputs=(replace(made, edges=tuple(taken)),),
        )

    return read_and_made


def _sources(audit: Audit, tables: Tables, record: SnapshotRecord | None) -> Iterator[Table]:
    told = {source.role: source for source in record.sources} if record is not None else {}
    for role, origin in origins_of(audit, tables).items():
        source, alone = told.get(role), len(origin.datasets) == 1
        for dataset in origin.datasets:
            yield Table(
                dataset=dataset,
                kind=roles(tables)[role].kind,
                description=f"The {role} that {audit.name} reads.",
                columns=_read_of(dataset, origin, source.columns) if source else {},
                version=source.sha256 if source and alone else "",
                rows=source.rows if source and alone else None,
                also=tuple(other for at, other in origin.also.items() if at == dataset),
            )


def _read_of(dataset: Dataset, origin: Origin, columns: Mapping[str, str]) -> dict[str, str]:
    """Return the columns of a dataset that are read, by the types that ours have of them.

    What a query makes of a column has a type of its own: then the column's is not known.
    """
    read: dict[str, str] = {}
    for name, kind in columns.items():
        for of, how in origin.of(name):
            if of.dataset == dataset and of.name != WHOLE:
                read[of.name] = kind if how.subtype == "IDENTITY" else read.get(of.name, "unknown")
    for of, _ in origin.rows:
        if of.dataset == dataset and of.name != WHOLE:
            read.setdefault(of.name, "unknown")
    return read


def _profiled(known: Known) -> ReadAndMade:
    audit, profile = known.audit, known.profile
    rows = replace(rows_table("snapshot", audit, known.snapshot), counts=_counts(profile))
    made = _counted(known)
    if known.snapshot is not None:
        made = replace(made, edges=tuple(columns_counted(audit, known.snapshot.columns)))
    return ReadAndMade(inputs=(rows,), outputs=(made,))


def _counted(known: Known) -> Table:
    """Return the profile as a table: what sort of counts each of its columns is."""
    made, profile = made_table("profile", known.audit), known.profile
    version = known.snapshot.fingerprint if known.snapshot is not None else ""
    if profile is None:
        return made
    sorts = {known.audit.columns.id: "number of different values"} | {
        name: "categories" if isinstance(column, CategoricalColumn) else "histogram"
        for name, column in profile.columns.items()
    }
    return replace(made, columns=sorts, version=version, rows=profile.rows)


def _counts(profile: Profile | None) -> Mapping[str, ColumnCounts]:
    """Return what is known of the columns; nothing that tells of few rows, or of their values."""
    found = {}
    for name, column in (profile.columns if profile else {}).items():
        whole = isinstance(column, CategoricalColumn) and not column.folded
        distinct = len(column.counts) if isinstance(column, CategoricalColumn) and whole else None
        nulls = None if few(column.nulls) else column.nulls
        found[name] = ColumnCounts(nulls=nulls, distinct=distinct)
    return found


def _measured(asset: str) -> Callable[[Known], ReadAndMade]:
    """Return how the checks of an asset are made, and on which table each was."""

    def read_and_made(known: Known) -> ReadAndMade:
        audit = known.audit
        of_profile = tuple(o for o in known.public if o.check.name in METRICS)
        of_rows = tuple(o for o in known.public if o.check.name not in METRICS)
        rows = replace(rows_table("snapshot", audit, known.snapshot), outcomes=of_rows)
        profile = replace(_counted(known), outcomes=of_profile)
        read = (
            [profile, rows_table("baseline", audit, known.baseline)] if asset != EXPLAINED else []
        )
        if asset in {"rule_results", EXPLAINED}:
            read.insert(0, rows)
        model = model_table(audit) if asset == EXPLAINED else ()
        return ReadAndMade(
            inputs=(*read, *model),
            outputs=(replace(_checks(asset, known), edges=_resting_on(known)),),
        )

    return read_and_made


def _checks(asset: str, known: Known) -> Table:
    """Return the checks of an asset as a table: one column each."""
    audit = known.audit
    checks = [outcome.check for outcome in known.outcomes if outcome.check.asset == asset]
    columns = {field_of(audit.name, check).name: "check" for check in checks}
    return replace(made_table(asset, audit), columns=columns)


def _resting_on(known: Known) -> tuple[Edge, ...]:
    """Return what the checks rest on."""
    shape = shape_of(
        known.audit, *[p for p in (known.baseline_profile, known.profile) if p is not None]
    )
    checks = {outcome.check: outcome.limit for outcome in known.outcomes}
    return tuple(checked(known.audit, shape, checks))


def _verdicts(known: Known) -> ReadAndMade:
    audit = known.audit
    edges = tuple(judged(audit, [outcome.check for outcome in known.outcomes]))
    made = replace(made_table("verdicts", audit), columns={VERDICT: "verdict"}, edges=edges)
    read = tuple(_checks(asset, known) for asset in CHECKED)
    return ReadAndMade(inputs=read, outputs=(made,), tests=known.public)


def _written(asset: str, *read: str) -> Callable[[Known], ReadAndMade]:
    """Return how a file is written from what stands."""

    def read_and_made(known: Known) -> ReadAndMade:
        made = replace(made_table(asset, known.audit), version=known.file_sha256, size=known.size)
        return ReadAndMade(
            inputs=tuple(made_table(each, known.audit) for each in read), outputs=(made,)
        )

    return read_and_made


STAGES: Mapping[str, Callable[[Known], ReadAndMade]] = {
    "baseline": _taken("baseline", lambda audit: audit.baseline),
    "snapshot": _taken("snapshot", lambda audit: audit.current),
    "profile": _profiled,
    **{asset: _measured(asset) for asset in CHECKED},
    "verdicts": _verdicts,
    "report": _written("report", "verdicts", "profile", "baseline"),
    "evidence": _written("evidence", "report", "verdicts"),
}

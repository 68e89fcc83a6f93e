"""What a report says of lineage: what the verdict rests on, and what became of the events."""

from collections.abc import Iterable

from audit_pipeline.audits.destination_reader import DestinationError, read_destination
from audit_pipeline.audits.home import Home, lineage_is_off
from audit_pipeline.domain.lineage import Dataset, LineageGraph
from audit_pipeline.domain.record import AuditRecord
from audit_pipeline.profiles.profile import Profile
from audit_pipeline.report.base import Lineage
from audit_pipeline.stages.lineage.edges import origins_of
from audit_pipeline.stages.lineage.emitting import lost_events, never_in_the_way
from audit_pipeline.stages.lineage.graph import graph_of
from audit_pipeline.stages.lineage.jobs import root_of
from audit_pipeline.stages.lineage.receiving import known_upstream
from audit_pipeline.stages.lineage.roles import roles_of
from audit_pipeline.stages.revision import AuditRun
from audit_pipeline.store.outbox import LINEAGE, Tally, tally


def lineage_of(run: AuditRun, record: AuditRecord, profiles: Iterable[Profile | None]) -> Lineage:
    """Return what the report says of lineage; where that broke, that it did."""
    with never_in_the_way(root_of(run), "report", losing=False):
        known = [profile for profile in profiles if profile is not None]
        graph = graph_of(run.audit, record, *known)
        return _told(run, graph.joined(_before_ours(run)))
    return Lineage(graph=LineageGraph(()), broken=True)


def _before_ours(run: AuditRun) -> LineageGraph:
    """Return what other tools told of the tables that the audit reads."""
    tables: list[Dataset] = []
    for each in (run.audit.current, run.audit.baseline):
        tables += [at for origin in origins_of(run.audit, each).values() for at in origin.datasets]
    return known_upstream(run.home, tables)


def _told(run: AuditRun, graph: LineageGraph) -> Lineage:
    root, counts, counted = root_of(run), Tally(), False
    with never_in_the_way(root, "report", losing=False):
        counts, counted = tally(run.store.engine, LINEAGE, stream=root), True
    return Lineage(
        graph=graph,
        counted=counted,
        written=counts.written,
        waiting=counts.waiting,
        set_aside=counts.set_aside,
        lost=lost_events(run),
        destination=_place(run.home),
        switched_off=lineage_is_off(),
        roles=roles_of(run.audit),
    )


def _place(home: Home) -> str:
    """Return where events go, in words; empty where nothing is set."""
    try:
        destination = read_destination(home)
    except DestinationError:
        return "the place that openlineage.yml names, which cannot be read"
    return destination.place if destination is not None else ""

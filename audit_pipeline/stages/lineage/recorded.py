"""The lineage of an audit as it stands: of a sealed window, or as it is planned."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import AuditFile, AuditFileError
from audit_pipeline.audits.sentences import close_match
from audit_pipeline.domain.lineage import Dataset, Edge, Field, LineageGraph
from audit_pipeline.domain.record import AuditRecord
from audit_pipeline.profiles.plan import counted_columns
from audit_pipeline.stages.lineage.edges import origins_of
from audit_pipeline.stages.lineage.graph import graph_of
from audit_pipeline.stages.lineage.names import model_of
from audit_pipeline.stages.reading import read_results, understood
from audit_pipeline.stages.revision import AUDIT_FILE, open_store
from audit_pipeline.stages.vocabulary import UnknownAuditError, load_audit_file, parsed

PLANNED = "nothing was audited yet: this is what is planned"
TODAYS = "the audit file as it was then is gone: this is read by today's"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What is known of the lineage of an audit.

    `record` is that of the window that is shown, None where the lineage is only planned. `ours` is
    what the audit made of what; `theirs` what other tools told of the tables that it reads.
    """

    audit: Audit
    record: AuditRecord | None
    ours: LineageGraph
    theirs: LineageGraph
    notes: tuple[str, ...] = ()

    @property
    def graph(self) -> LineageGraph:
        """Both as one."""
        return self.ours.joined(self.theirs)


def recorded_lineage(
    home: Home, name: str, window: str | None = None, revision: int | None = None
) -> Recorded:
    """Return the lineage of an audited window, the newest one by default; else what is planned.

    Raises:
        UnknownAuditError: There is no such audit; the nearest name is suggested.
        AuditFileError: Its file is wrong, and no window of it was audited.
        NoResultsError: The window or revision that is asked for was not audited.
        UnreadableRecordError: It was, by another version of the program.
        StoreError: The results store cannot be used.
    """
    audited = bool(open_store(home.store_url).history(name))
    if not audited:  # first of all: is there such an audit?
        audit = _load(home, name).audit
        if window is None and revision is None:
            return _recorded(home, audit, None, (PLANNED, *_undeclared(audit)))
    record = understood(read_results(home, name, window, revision))
    audit, notes = _as_claimed(home, record)
    return _recorded(home, audit, record, notes)


def _load(home: Home, name: str) -> AuditFile:
    try:
        return load_audit_file(home, name)
    except UnknownAuditError as error:
        raise UnknownAuditError(f"{error}{close_match(name, home.audit_names())}") from None


def _as_claimed(home: Home, record: AuditRecord) -> tuple[Audit, tuple[str, ...]]:
    """Return the audit as it was when a window was claimed, or as it is now, and says so."""
    folder = home.private / record.audit / "windows" / record.window.key / str(record.revision)
    path = home.audits / f"{record.audit}.yaml"  # what its relative paths are relative to
    try:
        return parsed(path, (folder / AUDIT_FILE).read_bytes()).audit, ()
    except (OSError, AuditFileError):
        file = _load(home, record.audit)
    same = file.sha256 == record.audit_file_sha256
    return file.audit, () if same else (TODAYS,)


def _undeclared(audit: Audit) -> Iterator[str]:
    """Say that it is not known yet which checks some columns will have."""
    names = [name for name, kind in counted_columns(audit).items() if kind is None]
    if names:
        yield (
            f"the kind of {len(names):,} columns is not declared: until the baseline is counted,"
            " they are planned as categories"
        )


def _recorded(
    home: Home, audit: Audit, record: AuditRecord | None, notes: tuple[str, ...]
) -> Recorded:
    ours = graph_of(audit, record)
    return Recorded(audit=audit, record=record, ours=ours, theirs=_theirs(home, audit), notes=notes)


def _theirs(home: Home, audit: Audit) -> LineageGraph:
    """Return what other tools told of the tables and the model of an audit, by our names."""
    from audit_pipeline.stages.lineage.receiving import known_upstream  # noqa: PLC0415 (slow)

    origins = [
        origin
        for tables in (audit.current, audit.baseline)
        for origin in origins_of(audit, tables).values()
    ]
    names = {other: at for origin in origins for at, other in origin.also.items()}
    read = dict.fromkeys(at for origin in origins for at in origin.datasets)
    model = model_of(audit)
    asked = (*read, *names, *([model] if model is not None else ()))
    return renamed(known_upstream(home, asked), names)


def renamed(graph: LineageGraph, names: Mapping[Dataset, Dataset]) -> LineageGraph:
    """Return a graph in which datasets go by other names: those that we know them by."""
    if not names:
        return graph

    def ours(at: Field) -> Field:
        return Field(names.get(at.dataset, at.dataset), at.name)

    edges = [Edge(ours(edge.source), ours(edge.target), edge.how) for edge in graph.edges]
    return replace(graph, edges=tuple(edge for edge in edges if edge.source != edge.target))

"""Write the site of a home: a board of all audits, their trends, and what is not settled."""

import hashlib
import os
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from audit_pipeline import __version__
from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import Home
from audit_pipeline.crash_points import CrashPoint, reached
from audit_pipeline.domain.finding import Finding, State, worst_first
from audit_pipeline.domain.prerequisite import called, is_prerequisite
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.site.board import render_board
from audit_pipeline.site.content import Broken, Site, Told
from audit_pipeline.site.findings import render_findings
from audit_pipeline.site.places import BOARD, FINDINGS, trends_of
from audit_pipeline.site.trends import render_trends
from audit_pipeline.stages.deadlines.finding import CHECK
from audit_pipeline.stages.deadlines.gone import gone
from audit_pipeline.stages.findings.looking import end_waivers
from audit_pipeline.stages.revision import open_store
from audit_pipeline.stages.site_rows import DRAWN, Known, Reports, row_of, title_of
from audit_pipeline.stages.vocabulary import load_audit_files
from audit_pipeline.store.file_lock import alone
from audit_pipeline.store.findings import all_findings
from audit_pipeline.store.pauses import all_pauses
from audit_pipeline.store.recent import (
    audited_at,
    counted,
    recent_windows,
    store_mark,
    subjects_of,
    waivers,
    worst_of,
)
from audit_pipeline.store.store import Store

OURS = b'<p class="kind">Model audits, trends</p>'
"""By this a page of trends is known as one that was written here."""
WINDOWS = 20
"""Windows of each audit that the site shows; the list of its windows has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written: the board, how many pages in all, and how many of them had changed."""

    board: Path
    pages: int
    changed: int


def write_site(home: Home, at: datetime, folder: Path | None = None) -> Written:
    """Write the site into a folder, beside the evidence where none is named; one writer at a time.

    Its links are relative: the folder of the evidence can be copied, and they work. From another
    folder they lead back to the evidence where it stands.

    Raises:
        StoreError: The store cannot be used.
    """
    folder = (folder or home.evidence).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    with alone(home.path / ".site.lock"):  # each reads what others write
        site = gather(home, at, folder)
        pages = {BOARD: render_board(site), FINDINGS: render_findings(site)}
        pages |= {trends_of(each.name): render_trends(each) for each in site.audits if each.windows}
        changed = sum([_write(folder / name, page.encode()) for name, page in pages.items()])
        _remove_others(folder, {*pages, *(trends_of(Path(b.file).stem) for b in site.broken)})
    return Written(board=folder / BOARD, pages=len(pages), changed=changed)


def site_mark(home: Home, at: datetime) -> str:
    """Return a text that differs once the site would: by an audit, a finding, a file, an hour."""
    files = [(path.name, path.stat().st_mtime_ns) for path in home.audit_paths()]
    found = (store_mark(open_store(home.store_url).engine), files, at.strftime("%Y-%m-%dT%H"))
    return hashlib.sha256(repr(found).encode()).hexdigest()[:16]  # a short one: the UI shows it


def gather(home: Home, at: datetime, folder: Path) -> Site:
    """Return what the site of a home shows, for a folder in which it is to stand."""
    files = load_audit_files(home)
    audits = [file.audit for file in files.usable]
    store = open_store(home.store_url)
    end_waivers(store, at)
    found = sorted(
        (each for each in all_findings(store.engine) if each.state is not State.RESOLVED),
        key=worst_first,
    )
    reports = Reports(home.evidence, _prefix(home.evidence, folder))
    known = _known(store, found)
    return Site(
        made=at,
        version=__version__,
        audits=tuple(row_of(audit, known, reports, at) for audit in audits),
        broken=tuple(Broken(file=error.path.name, why=str(error)) for error in files.broken),
        findings=tuple(_told(store, found, audits, reports, gone(home, found))),
    )


def _known(store: Store, found: list[Finding]) -> Known:
    windows = recent_windows(store.engine, WINDOWS)
    newest = [of_audit[-1].key for of_audit in windows.values()]
    with store.engine.connect() as connection:
        pauses = all_pauses(connection)
    keys = [each.key for of_audit in windows.values() for each in of_audit]
    return Known(
        windows=windows,
        at=audited_at(store.engine),
        checks=counted(store.engine, newest),
        worst={(each.key, each.metric): each for each in worst_of(store.engine, keys, DRAWN)},
        subjects=subjects_of(store.engine, newest, DRAWN),
        late=frozenset(each.audit for each in found if each.stands and each.check == CHECK),
        went_on={name: last.ended for name, (*_, last) in pauses.items() if last.ended},
    )


def _told(
    store: Store,
    found: list[Finding],
    audits: list[Audit],
    reports: Reports,
    away: AbstractSet[str],
) -> Iterator[Told]:
    by_name = {audit.name: audit for audit in audits}
    waived = waivers(store.engine)
    for each in found:
        audit = by_name.get(each.audit)
        by, because = waived.get(each.number, ("", ""))
        yield Told(
            finding=each,
            title=(audit and audit.report.title) or each.audit,
            what=_what(each, audit),
            report=reports.address(each.audit, each.window, each.revision),
            waived_by=by,
            waived_because=because,
            gone=each.audit in away,
        )


def _what(finding: Finding, audit: Audit | None) -> str:
    """Return what a finding is about, in the words of the report."""
    check = finding.check
    if is_prerequisite(check):
        named = called(check, title_of(audit, check.subject))
        return named[0].upper() + named[1:]
    metric = METRICS.get(check.name)
    name = metric.title if metric else check.name.replace("_", " ").capitalize()
    return name if check == CHECK else f"{name} of {title_of(audit, check.subject)}"


def _prefix(evidence: Path, folder: Path) -> str:
    """Return how to come from the site to the evidence, empty where it stands in it."""
    way = Path(os.path.relpath(evidence.absolute(), folder)).as_posix()
    return "" if way == "." else f"{way}/"


def _write(path: Path, page: bytes) -> bool:
    """Write a page unless it stands there already; return whether it was another.

    It is whole or as it was; it is not synced to disk one by one: it can be made again.
    """
    if path.is_file() and path.read_bytes() == page:
        return False
    path.parent.mkdir(exist_ok=True)
    draft = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        draft.write_bytes(page)
        reached(CrashPoint.PAGE_DRAFTED)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return True


def _remove_others(folder: Path, pages: AbstractSet[str]) -> None:
    """Remove the trends of audits that are no longer in the home; their evidence stays.

    A page that is not ours is left alone, and so is that of an audit whose file is broken just now.
    """
    for path in folder.glob(trends_of("*")):
        if f"{path.parent.name}/{path.name}" not in pages and OURS in path.read_bytes():
            path.unlink()

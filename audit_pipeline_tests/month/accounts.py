"""What must be true of a month that has passed: windows, revisions, files, results, findings."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sqlalchemy import func, select

from audit_pipeline.domain.finding import State
from audit_pipeline.domain.window import Window
from audit_pipeline.evidence.manifest import compare
from audit_pipeline.site.places import BOARD
from audit_pipeline.stages.deadlines.finding import CHECK
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline.store import schema
from audit_pipeline.store.findings import all_findings
from audit_pipeline.store.open_runs import left_open
from audit_pipeline.store.store import Sealed
from audit_pipeline_tests.month.data import ROWS
from audit_pipeline_tests.month.month import Month
from audit_pipeline_tests.month.telling import alerts_told_once, lineage_whole
from audit_pipeline_tests.month.world import NIGHT, NIGHT_HOURS

LOCKS = {".index.lock", ".site.lock", ".lock"}
DST = date(2026, 3, 29)


def violations(month: Month) -> list[str]:
    """Return a sentence for everything that is not as it must be; none is good."""
    return [f"{account.__name__}: {said}" for account in ACCOUNTS for said in account(month)]


def windows_of(month: Month, name: str) -> list[Window]:
    """Return all windows of an audit."""
    windows = load_audit_file(month.home, name).audit.window.windows
    return list(windows.ended(month.clock()))


def sealed_of(month: Month, name: str) -> dict[str, list[Sealed]]:
    """Return the sealed revisions of an audit by window, in order."""
    found: dict[str, list[Sealed]] = {}
    for each in sorted(month.store.sealed(name), key=lambda each: each.revision):
        found.setdefault(each.window, []).append(each)
    return found


def every_window_audited_once(month: Month) -> Iterator[str]:
    """Hold every window to one complete revision of each content, the last one with all rows."""
    for name in month.world.names:
        sealed = sealed_of(month, name)
        keys = {window.key for window in windows_of(month, name)}
        expected = NIGHT_HOURS if name == NIGHT else month.world.days
        if len(keys) != expected:
            yield f"{name} has {len(keys)} windows, not {expected}"
        yield from (f"{name} {key} was never audited" for key in sorted(keys - set(sealed)))
        yield from (f"{name} {key} is no window of it" for key in sorted(set(sealed) - keys))
        for (window, content), many in Counter(_contents(month, name)).items():
            if many != 1:
                yield f"{name} {window} has {many} complete revisions of content {content[:8]}"
        yield from _rows_missing(name, sealed)


def _rows_missing(name: str, sealed: dict[str, list[Sealed]]) -> Iterator[str]:
    for window, revisions in sealed.items():
        rows = [each.rows for each in revisions if each.complete]
        if rows[-1:] != [ROWS]:
            yield f"{name} {window}: complete revisions have {rows} rows, not {ROWS} at last"


def _contents(month: Month, name: str) -> Iterator[tuple[str, str]]:
    t = schema.claims
    query = select(t.c.window, t.c.content).where(
        t.c.audit == name, t.c.state == "sealed", t.c.complete
    )
    with month.store.engine.connect() as connection:
        yield from ((row.window, row.content) for row in connection.execute(query))


def nothing_left_open(month: Month) -> Iterator[str]:
    """Hold to no open claim, no run of lineage left open, and no draft on the disk."""
    for claim, alive in month.store.open_claims():
        yield f"the claim on {claim.audit} {claim.window} is open, its process alive: {alive}"
    for run in left_open(month.store.engine):
        yield f"the lineage run {run.lineage_run} of {run.audit} {run.window} never ended"
    for left in sorted(month.home.path.rglob(".*")):
        if left.name not in LOCKS:
            yield f"{left.relative_to(month.home.path)} was left behind"


def evidence_is_true(month: Month) -> Iterator[str]:
    """Hold the evidence to the store: a true folder for each sealed revision, and no other."""
    known = {
        month.home.evidence / name / window / f"revision-{each.revision}"
        for name in month.world.names
        for window, revisions in sealed_of(month, name).items()
        for each in revisions
    }
    there = {path for path in month.home.evidence.glob("*/*/*") if path.is_dir()}
    for missing in sorted(known - there):
        yield f"{_short(month, missing)} is sealed, and its evidence is not there"
    for strange in sorted(there - known):
        yield f"{_short(month, strange)} is there, and the store does not know it"
    for folder in sorted(known & there):
        if not (folder / "report.html").is_file():
            yield f"{_short(month, folder)} has no report"
        for difference in compare(folder):
            yield f"{_short(month, folder)}: {difference.file} {difference.what}"


def _short(month: Month, folder: Path) -> str:
    return str(folder.relative_to(month.home.evidence))


def results_agree(month: Month) -> Iterator[str]:
    """Hold the tables of results to the records, and to no revision that is not sealed."""
    of_claim = ("audit", "window", "revision")
    expected: dict[str, dict[tuple[Any, ...], int]] = {"verdicts": {}, "measurements": {}}
    for name in month.world.names:
        for each in month.store.sealed(name):
            key, outcomes = (name, each.window, each.revision), each.record["outcomes"]
            expected["verdicts"][key] = len(outcomes)
            measured = sum(outcome["measurement"] is not None for outcome in outcomes)
            expected["measurements"] |= {key: measured} if measured else {}
    with month.store.engine.connect() as connection:
        for table, what in ((schema.verdicts, "verdicts"), (schema.measurements, "measurements")):
            columns = [table.c[name] for name in of_claim]
            rows = connection.execute(select(*columns, func.count()).group_by(*columns))
            found = {tuple(row[:3]): row[3] for row in rows}
            for key in sorted(found.keys() | expected[what].keys()):
                if found.get(key) != expected[what].get(key):
                    told = f"{found.get(key)} of {expected[what].get(key)}"
                    yield f"{' '.join(map(str, key))} has {told} {what}"


def lateness_was_found(month: Month) -> Iterator[str]:
    """Hold to a finding for each audit that was late, of which nothing is left."""
    found = {f.audit: f for f in all_findings(month.store.engine) if f.check == CHECK}
    for name in sorted(month.happened.late - set(found)):
        yield f"{name} was late, and there is no finding of it"
    if not month.happened.late:
        yield "nothing was late, with the daemon down for a day"
    for finding in found.values():
        if finding.state is not State.RESOLVED:
            yield f"{finding.audit} is audited, and its finding {finding.number} is {finding.state}"


def pages_list_all(month: Month) -> Iterator[str]:
    """Hold the lists of windows to the store, and the board to each audit's newest window."""
    board = (month.home.evidence / BOARD).read_text()
    for name in month.world.names:
        index = (month.home.evidence / name / "index.html").read_text()
        listed = set(re.findall(r'href="([^"]+/revision-\d+)/report\.html"', index))
        sealed = sealed_of(month, name)
        known = {f"{key}/revision-{r.revision}" for key, of in sealed.items() for r in of}
        for key in sorted(known ^ {unquote(each) for each in listed}):
            yield f"the list of {name} and the store disagree on {key}"
        newest = windows_of(month, name)[0].key
        if name not in board or newest not in board:
            yield f"the board does not show {newest} of {name}"


def the_clock_change_costs_nothing(month: Month) -> Iterator[str]:
    """Hold the night of the change to a window of 23 hours, and one tick of each schedule."""
    for name in month.world.names:
        found = {window.key: window for window in windows_of(month, name)}
        if name == NIGHT:
            if any(key.startswith("2026-03-29T02") for key in found):
                yield "there is an hour of 02:00 on 29 March in Berlin"
            continue
        window = found[DST.isoformat()]
        length = window.end.timestamp() - window.start.timestamp()
        berlin = str(window.start.tzinfo) == "Europe/Berlin"
        if length != timedelta(hours=23 if berlin else 24).total_seconds():
            yield f"{name} {window.key} has {length / 3600:g} hours"
        ticked = month.daemon.ticked[name, DST]
        down = any(each.holds_day(DST) for each in month.faults.daemon)
        if ticked > 1 or (ticked < 1 and not down):
            yield f"the schedule of {name} ticked {ticked} times on {DST}"


def nothing_crashed(month: Month) -> Iterator[str]:
    """Hold to no run that failed without being killed."""
    yield from month.happened.red


ACCOUNTS: tuple[Callable[[Month], Iterator[str]], ...] = (
    every_window_audited_once,
    nothing_left_open,
    evidence_is_true,
    results_agree,
    lateness_was_found,
    alerts_told_once,
    lineage_whole,
    pages_list_all,
    the_clock_change_costs_nothing,
    nothing_crashed,
)

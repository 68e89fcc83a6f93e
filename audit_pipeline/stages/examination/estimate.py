"""A dry run: how many rows, how large, about how long."""

from audit_pipeline import clock
from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.window import Window
from audit_pipeline.engines.base import EngineError
from audit_pipeline.profiles.engine import one_row
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.stages.examination.findings import Findings
from audit_pipeline.stages.examination.looked import rows_in_place
from audit_pipeline.stages.examination.sides import Side
from audit_pipeline.stages.gathered import counted
from audit_pipeline.stages.in_place import stays_in_place
from audit_pipeline.stages.landing import states
from audit_pipeline.stages.missing import MissingError
from audit_pipeline.stages.tables import gather
from audit_pipeline.stages.timing import as_instant

TINY = 100
"""Rows below which a window tells little."""
START_SECONDS, COLUMN_SECONDS, CELLS_A_SECOND = 20.0, 0.15, 3_000_000
"""Measured on two cores: what a run takes before it counts, what each column adds, and how fast it
counts."""


def estimate(audit: Audit, side: Side, findings: Findings) -> None:
    """Note what the newest window that has ended would cost, and what is odd about its times."""
    windows = audit.window.windows
    newest = next(windows.ended(clock.now()), None)
    _times(audit, side, findings)
    if newest is None:
        findings.warn("no window has ended yet: there is nothing to audit so far")
        return
    try:
        rows = _rows_of(audit, side, newest)
    except (SourceError, EngineError, MissingError) as error:
        findings.about(side.name, [str(error)])
        return
    if rows < TINY:
        findings.warn(
            f"the newest window, {newest.key}, has {counted(rows, 'row')}: too few to tell much;"
            " longer windows have more (`window: every`)"
        )
    columns = len(side.facts)
    seconds = START_SECONDS + columns * COLUMN_SECONDS + rows * columns / CELLS_A_SECOND
    size = _size(audit, side, newest)
    findings.fact(
        f"the newest window, {newest.key}: {counted(rows, 'row')} of {columns} columns{size};"
        f" a run takes about {_rounded(seconds)} s"
    )


def _rows_of(audit: Audit, side: Side, window: Window) -> int:
    folder = side.folder / "window"
    folder.mkdir(exist_ok=True)
    if stays_in_place(audit):
        return rows_in_place(audit, side.tables, folder, window)
    limit = None if side.whole else 1
    if limit is not None:
        wanted = Wanted(folder=folder, window=window, limit=limit)
        state = states(audit, side.tables, wanted)["table"]
        if state.rows is not None:
            return state.rows
    gathered = gather(audit, side.tables, side.backend, Wanted(folder=folder, window=window))
    return int(gathered.table.count().execute())


def _size(audit: Audit, side: Side, window: Window) -> str:
    try:
        found = states(audit, side.tables, Wanted(folder=side.folder, window=window))
    except SourceError:
        return ""
    sizes = [state.size for state in found.values() if state.size is not None]
    return f", read from {_bytes(sum(sizes))}" if sizes else ""


def _times(audit: Audit, side: Side, findings: Findings) -> None:
    stamp = audit.columns.timestamp
    if stamp.column not in side.table.columns:
        return
    try:
        when = as_instant(side.table, stamp.column, stamp.format).cast("timestamp")
        rows = side.table.select(w=when)
        found = one_row(rows.aggregate(last=rows.w.max(), none=rows.w.isnull().sum()))
        now = clock.now().replace(tzinfo=None)
        ahead = one_row(rows.filter(rows.w > now).aggregate(n=lambda t: t.count()))["n"]
    except Exception:  # noqa: BLE001 (said when the window is cut)
        return
    if ahead:
        said = (
            f"{counted(ahead, 'row')} of {side.rows:,} have a time in {stamp.column!r} that is in"
            f" the future (the last is {found['last']:%Y-%m-%d}): is it when the row happened?"
        )
        findings.about(side.about, [said])
    lost = found["none"] or 0
    if 0 < lost < side.rows:  # where none has a time, it is a problem, and said
        written = "" if stamp.format == "timestamp" else f" as {stamp.format!r}"
        findings.warn(
            f"{side.about}: {counted(lost, 'row')} of {side.rows:,} without a time in"
            f" {stamp.column!r} that can be read{written}: they belong to no window"
        )


def _bytes(size: int) -> str:
    amount, units = float(size), ["bytes", "kB", "MB", "GB", "TB"]
    while amount >= 1000 and len(units) > 1:  # noqa: PLR2004 (a kilo)
        amount, units = amount / 1000, units[1:]
    return f"{amount:.3g} {units[0]}"


def _rounded(seconds: float) -> int:
    return int(5 * round(seconds / 5)) or 5

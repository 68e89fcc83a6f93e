"""The drill-down: Evidently's interactive page of samples of a sealed audit, drawn on demand.

It is no stage of an audit: nothing is judged by it, and nothing waits for it. It holds values of
rows, so it stays in the private folder and never comes into the evidence.
"""

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from audit_pipeline.audits.columns import Kind
from audit_pipeline.audits.home import Home
from audit_pipeline.domain.measurement import Json
from audit_pipeline.domain.verdict import WORST_FIRST, Verdict, worst
from audit_pipeline.drilldown.asking import ask
from audit_pipeline.drilldown.banner import About, Sampled, with_banner
from audit_pipeline.drilldown.child import Drawn, start
from audit_pipeline.drilldown.columns import Column, columns_of, outcome_of, write_plain
from audit_pipeline.drilldown.preflight import Cleared, clear
from audit_pipeline.profiles.profile import NumericColumn
from audit_pipeline.stages.audited_rows import AuditedRows, Rows, audited_rows
from audit_pipeline.stages.missing import MissingError
from audit_pipeline.stages.reading import read_results
from audit_pipeline.stages.sampling import draw_sample
from audit_pipeline.store.atomic import atomic_write

ROWS = 5000
"""Rows drawn from each side, unless more or fewer are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillDown:
    """A page that was drawn: where it is, of what, and what it had to leave out."""

    path: Path
    about: About
    drawn: Drawn
    left_out: Mapping[str, str]

    @property
    def facts(self) -> dict[str, Json]:
        """Return what to tell of the page, by words."""
        return {
            "sampled of the window": str(self.about.current),
            "sampled of the baseline": str(self.about.baseline),
            "seed": self.about.seed,
            "columns drawn": len(self.drawn.numbers),
            "columns left out": [f"{name}: {why}" for name, why in self.left_out.items()],
            "columns without a number": list(self.drawn.without_number),
            "not drawn": [f"{part}: {why}" for part, why in self.drawn.not_drawn.items()],
            "drawn by": self.drawn.engine,
            "verdict": f"{self.about.verdict}, by the audit's report and not by this page",
        }


def drill_down(
    home: Home,
    name: str,
    window: str | None = None,
    revision: int | None = None,
    rows: int = ROWS,
) -> DrillDown:
    """Draw the page of a sealed audit: of its newest window and last revision by default.

    Args:
        home: Where the audit's snapshots are.
        name: The audit.
        window: Key of the window.
        revision: Number of the revision.
        rows: Rows to draw from each side, by hash of id with the seed under `explain`.

    Raises:
        NoResultsError: Nothing of that name, window and revision is audited.
        MissingError: There are no rows to show: no snapshot, no baseline, or they are gone.
        AuditFileError: The audit file that was kept with the audit cannot be read any more.
        EvidentlyBrokeError: Evidently drew nothing.
    """
    record = read_results(home, name, window, revision)
    audited = audited_rows(home, record)
    # beside the rows it is drawn from: what a killed one leaves here, the next snapshot sweeps
    beside = home.private / name / "windows" / record["window"]["key"]
    with (
        start() as child,
        tempfile.TemporaryDirectory(prefix=".drilldown-", dir=beside) as folder,
    ):
        cleared, timed = _samples(audited, record, rows, Path(folder))
        html, drawn = ask(child, cleared, outcome_of(audited.audit), Path(folder))
    path = _path(home, record)
    about = _about(home, record, audited, cleared, timed)
    with atomic_write(path) as sink:
        sink.write(with_banner(html, about, cleared, drawn).encode())
    return DrillDown(path=path, about=about, drawn=drawn, left_out=cleared.left_out)


def _path(home: Home, record: Mapping[str, Any]) -> Path:
    folder: Path = home.private / record["audit"] / "drilldown" / record["window"]["key"]
    return folder / f"revision-{record['revision']}.html"


def _about(
    home: Home,
    record: Mapping[str, Any],
    audited: AuditedRows,
    cleared: Cleared,
    in_order_of: str | None,
) -> About:
    name, key, revision = record["audit"], record["window"]["key"], record["revision"]
    report = home.evidence / name / key / f"revision-{revision}" / "report.html"
    seen_from_page = os.path.relpath(report, _path(home, record).parent)
    return About(
        audit=name,
        window=key,
        revision=revision,
        verdict=record["verdict"],
        report=quote(Path(seen_from_page).as_posix()),
        baseline=_sampled(cleared.baseline, audited.baseline),
        current=_sampled(cleared.current, audited.current),
        seed=audited.audit.explain.seed,
        in_order_of=in_order_of,
    )


def _sampled(drawn: pa.Table, rows: Rows) -> Sampled:
    return Sampled(drawn=drawn.num_rows, of=rows.count, kept=rows.kept)


def _samples(
    audited: AuditedRows, record: Mapping[str, Any], rows: int, folder: Path
) -> tuple[Cleared, str | None]:
    """Return the samples, fit to be drawn, and the column in whose order both are, if it is one."""
    columns = _worst_first(audited, record["outcomes"])
    tables, timed = [], []
    for name, side in (("baseline", audited.baseline), ("current", audited.current)):
        drawn, plain = folder / f"{name}_drawn.parquet", folder / f"{name}_plain.parquet"
        draw_sample(side.path, drawn, audited.audit, rows)
        timed.append(write_plain(drawn, plain, audited.audit, columns))
        tables.append(pq.read_table(plain))
    cleared = clear(tables[0], tables[1], columns)
    if not cleared.columns:
        told = "; ".join(f"{name}: {why}" for name, why in cleared.left_out.items())
        raise MissingError(f"no column is fit to be drawn: {told}")
    return cleared, audited.audit.columns.timestamp.column if all(timed) else None


def _worst_first(audited: AuditedRows, outcomes: Iterable[Mapping[str, Any]]) -> Sequence[Column]:
    """Return the columns: labels and predictions, then those whose checks ended worst."""
    kinds: dict[str, Kind] = {
        name: "numeric" if isinstance(column, NumericColumn) else "categorical"
        for name, column in audited.baseline_profile.columns.items()
    }
    verdicts: dict[str, list[Verdict]] = {}
    for each in outcomes:
        verdicts.setdefault(each["check"]["subject"], []).append(Verdict(each["verdict"]))
    outcome = outcome_of(audited.audit)
    first = {outcome.target, outcome.prediction, outcome.score} if outcome else set()

    def order(column: Column) -> tuple[bool, int]:
        concern = WORST_FIRST.index(worst(verdicts.get(column.name, ())))
        return column.name not in first, concern

    return sorted(columns_of(audited.audit, kinds), key=order)

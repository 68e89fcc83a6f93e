"""Hand two cleared samples to Evidently's process, and take back what it made of them."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from audit_pipeline.drilldown.child import Drawn, draw
from audit_pipeline.drilldown.columns import Outcome
from audit_pipeline.drilldown.page import PERFORMANCE
from audit_pipeline.drilldown.preflight import Cleared, judgeable, with_score_if_any
from audit_pipeline.models.child import Child

TIMEOUT = 600.0


def ask(
    child: Child, cleared: Cleared, outcome: Outcome | None, folder: Path, timeout: float = TIMEOUT
) -> tuple[str, Drawn]:
    """Return Evidently's page as HTML, and what it drew.

    Args:
        child: A process from `drilldown.child.start`.
        cleared: The samples, with at least one column.
        outcome: What is held against what, None where nothing can be.
        folder: Where the files are put that the two processes exchange.
        timeout: Seconds until the process is ended.

    Raises:
        EvidentlyBrokeError: It drew nothing.
    """
    page = folder / "page.html"
    request: dict[str, Any] = {"page": str(page), "judged": None, "outcome": None}
    for kind in ("numeric", "categorical"):
        request[kind] = [cleared.names[c.name] for c in cleared.columns if c.kind == kind]
    request |= _write(folder, "all", cleared.baseline, cleared.current)
    unjudged: dict[str, str] = {}
    if outcome is None:
        unjudged[PERFORMANCE] = "the audit declares no target, or no prediction"
    else:
        by = with_score_if_any(cleared, outcome)
        rows = judgeable(cleared, by)
        if isinstance(rows, str):
            unjudged[PERFORMANCE] = rows
        else:
            request["judged"] = _write(folder, "judged", *rows)
            request["outcome"] = _as_named(cleared, by)
    drawn = draw(child, request, timeout)
    told = replace(drawn, not_drawn={**unjudged, **drawn.not_drawn})
    return page.read_text(encoding="utf-8"), told


def _write(folder: Path, what: str, baseline: pa.Table, current: pa.Table) -> dict[str, str]:
    """Write two tables; return the files by side."""
    files: dict[str, str] = {}
    for side, table in (("baseline", baseline), ("current", current)):
        files[side] = str(folder / f"{what}_{side}.parquet")
        pq.write_table(table, files[side])
    return files


def _as_named(cleared: Cleared, outcome: Outcome) -> dict[str, Any]:
    """Return the outcome with its columns as they are named on the page."""
    columns = ("target", "prediction", "score")
    named = {key: cleared.names.get(getattr(outcome, key) or "") for key in columns}
    return asdict(outcome) | named
